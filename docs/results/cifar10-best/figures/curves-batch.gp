# Drawn again by: gnuplot curves-batch.gp (in this folder; writes curves-batch.svg and curves-batch.png, 1000 x 446 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'batch: CIFAR-10, cifar-37k'
subtitle = 'mean of n = 3 seeds, the band reaches from the lowest to the highest'
text_10000 = 'loss (nats per image)'
text_10001 = 'train 0.456'
text_10002 = 'test 0.491'
text_20000 = 'accuracy (%)'
text_20001 = 'train 85.90'
text_20002 = 'test 84.17'
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 1000,446 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 2000,892 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'curves-batch.'.format
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
  set rmargin at screen 0.38400
  set xrange [0.62:20.38]
  unset logscale y
  set yrange [0.401074402:1.37489275]
  set xtics (2,4,6,8,10,12,14,16,18,20) norotate
  set xlabel 'epoch' offset 0,0.3
  set label text_10000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.05687 to graph 1.05195,0.04639 nohead lc rgb '#777777' lw 0.6
  set label text_10001 at graph 1.06494,0.04639 left textcolor rgb '#777777'
  set arrow from graph 0.98077,0.09185 to graph 1.05195,0.10233 nohead lc rgb '#0072b2' lw 0.6
  set label text_10002 at graph 1.06494,0.10233 left textcolor rgb '#0072b2'
  plot 'curves-batch.csv' skip 1 using 1:3:4 with filledcurves fillcolor rgb '#777777' fillstyle transparent solid 0.18 noborder, \
    'curves-batch.csv' skip 1 using 1:6:7 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'curves-batch.csv' skip 1 using 1:2 with linespoints linecolor rgb '#777777' linewidth 1.8 dashtype (8,4) pointtype 6 pointsize 0.6 pointinterval 2, \
    'curves-batch.csv' skip 1 using 1:5 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 2
  unset label
  unset arrow
  unset object
  set lmargin at screen 0.57400
  set rmargin at screen 0.88200
  set xrange [0.62:20.38]
  unset logscale y
  set yrange [50.8478:87.9982]
  set xtics (2,4,6,8,10,12,14,16,18,20) norotate
  set xlabel 'epoch' offset 0,0.3
  set label text_20000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.94365 to graph 1.05195,0.94823 nohead lc rgb '#777777' lw 0.6
  set label text_20001 at graph 1.06494,0.94823 left textcolor rgb '#777777'
  set arrow from graph 0.98077,0.89686 to graph 1.05195,0.89228 nohead lc rgb '#0072b2' lw 0.6
  set label text_20002 at graph 1.06494,0.89228 left textcolor rgb '#0072b2'
  plot 'curves-batch.csv' skip 1 using 1:9:10 with filledcurves fillcolor rgb '#777777' fillstyle transparent solid 0.18 noborder, \
    'curves-batch.csv' skip 1 using 1:12:13 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'curves-batch.csv' skip 1 using 1:8 with linespoints linecolor rgb '#777777' linewidth 1.8 dashtype (8,4) pointtype 6 pointsize 0.6 pointinterval 2, \
    'curves-batch.csv' skip 1 using 1:11 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 2
  unset label
  unset arrow
  unset object
  unset multiplot
  unset output
}
