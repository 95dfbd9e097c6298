# Drawn again by: gnuplot test-accuracy.gp (in this folder; writes test-accuracy.svg and test-accuracy.png, 1000 x 446 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'Test accuracy of all models: CIFAR-10, cifar-37k'
subtitle = 'mean of n = 3 seeds, the band reaches from the lowest to the highest'
text_10000 = 'test accuracy (%), all epochs'
text_10001 = 'batch 84.17'
text_10002 = 'group 83.24'
text_20000 = 'test accuracy (%), epochs 11 to 20, enlarged'
text_20001 = 'batch 84.17'
text_20002 = 'group 83.24'
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 1000,446 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 2000,892 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'test-accuracy.'.format
  set multiplot
  unset key
  set label title at screen 0.01800,0.94619 left font ',17'
  set label subtitle at screen 0.01800,0.89238 left textcolor rgb '#666666'
  set tmargin at screen 0.78027
  set bmargin at screen 0.13901
  set border 3 linecolor rgb '#666666' linewidth 0.8
  set tics nomirror out scale 0.5 textcolor rgb '#333333'
  set grid ytics linecolor rgb '#e2e2e2' linetype 1 linewidth 0.6
  set format '%g'
  set lmargin at screen 0.07600
  set rmargin at screen 0.43700
  set xrange [0.62:20.38]
  unset logscale y
  set yrange [56.7594:85.8906]
  set xtics (2,4,6,8,10,12,14,16,18,20) norotate
  set xlabel 'epoch' offset 0,0.3
  set label text_10000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set object rectangle from first 10.62, graph 0 to first 20.38, graph 1 behind fillcolor rgb '#f0f0f0' fillstyle solid noborder
  plot 'test-accuracy.csv' skip 1 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'test-accuracy.csv' skip 1 using 1:6:7 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'test-accuracy.csv' skip 1 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 2, \
    'test-accuracy.csv' skip 1 using 1:5 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 2
  unset label
  unset arrow
  unset object
  set lmargin at screen 0.52100
  set rmargin at screen 0.88200
  set xrange [10.82:20.18]
  unset logscale y
  set yrange [78.4682:84.6618]
  set xtics (11,12,13,14,15,16,17,18,19,20) norotate
  set xlabel 'epoch' offset 0,0.3
  set label text_20000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.92006 to graph 1.04432,0.92006 nohead lc rgb '#0072b2' lw 0.6
  set label text_20001 at graph 1.05540,0.92006 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.77098 to graph 1.04432,0.77098 nohead lc rgb '#d55e00' lw 0.6
  set label text_20002 at graph 1.05540,0.77098 left textcolor rgb '#d55e00'
  plot 'test-accuracy.csv' skip 1 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'test-accuracy.csv' skip 1 using 1:6:7 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'test-accuracy.csv' skip 1 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 1, \
    'test-accuracy.csv' skip 1 using 1:5 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 1
  unset label
  unset arrow
  unset object
  unset multiplot
  unset output
}
