# Drawn again by: gnuplot batch-settings-test-loss.gp (in this folder; writes batch-settings-test-loss.svg and batch-settings-test-loss.png, 1000 x 446 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'Test loss of batch under all its settings: MNIST, mnist-8k'
subtitle = 'mean of n = 3 seeds, the band reaches from the lowest to the highest'
text_10000 = 'test loss (nats per image), all epochs'
text_10001 = 'batch (l1 = 0, l2 = 0) 0.0169'
text_10002 = 'batch (l1 = 0, l2 = 0.001) 0.0169'
text_10003 = 'batch (l1 = 0, l2 = 0.002) 0.0174'
text_10004 = 'batch (l1 = 0.001, l2 = 0) 0.0197'
text_10005 = 'batch (l1 = 0.001, l2 = 0.001) 0.0219'
text_10006 = 'batch (l1 = 0.001, l2 = 0.002) 0.0221'
text_10007 = 'batch (l1 = 0.002, l2 = 0) 0.0236'
text_10008 = 'batch (l1 = 0.002, l2 = 0.001) 0.0249'
text_10009 = 'batch (l1 = 0.002, l2 = 0.002) 0.0278'
text_20000 = 'test loss (nats per image), epochs 11 to 20, enlarged'
text_20001 = 'batch (l1 = 0, l2 = 0) 0.0169'
text_20002 = 'batch (l1 = 0, l2 = 0.001) 0.0169'
text_20003 = 'batch (l1 = 0, l2 = 0.002) 0.0174'
text_20004 = 'batch (l1 = 0.001, l2 = 0) 0.0197'
text_20005 = 'batch (l1 = 0.001, l2 = 0.001) 0.0219'
text_20006 = 'batch (l1 = 0.001, l2 = 0.002) 0.0221'
text_20007 = 'batch (l1 = 0.002, l2 = 0) 0.0236'
text_20008 = 'batch (l1 = 0.002, l2 = 0.001) 0.0249'
text_20009 = 'batch (l1 = 0.002, l2 = 0.002) 0.0278'
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 1000,446 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 2000,892 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'batch-settings-test-loss.'.format
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
  set rmargin at screen 0.34100
  set xrange [0.62:20.38]
  unset logscale y
  set yrange [0:0.392397005]
  set xtics (2,4,6,8,10,12,14,16,18,20) norotate
  set xlabel 'epoch' offset 0,0.3
  set label text_10000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set object rectangle from first 10.62, graph 0 to first 20.38, graph 1 behind fillcolor rgb '#f0f0f0' fillstyle solid noborder
  plot 'batch-settings-test-loss.csv' skip 1 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:6:7 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:9:10 with filledcurves fillcolor rgb '#009e73' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:12:13 with filledcurves fillcolor rgb '#cc79a7' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:15:16 with filledcurves fillcolor rgb '#56b4e9' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:18:19 with filledcurves fillcolor rgb '#e69f00' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:21:22 with filledcurves fillcolor rgb '#000000' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:24:25 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:27:28 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 2, \
    'batch-settings-test-loss.csv' skip 1 using 1:5 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 2, \
    'batch-settings-test-loss.csv' skip 1 using 1:8 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype (3,3) pointtype 9 pointsize 0.6 pointinterval 2, \
    'batch-settings-test-loss.csv' skip 1 using 1:11 with linespoints linecolor rgb '#cc79a7' linewidth 1.8 dashtype (12,3,3,3) pointtype 13 pointsize 0.6 pointinterval 2, \
    'batch-settings-test-loss.csv' skip 1 using 1:14 with linespoints linecolor rgb '#56b4e9' linewidth 1.8 dashtype (6,3) pointtype 11 pointsize 0.6 pointinterval 2, \
    'batch-settings-test-loss.csv' skip 1 using 1:17 with linespoints linecolor rgb '#e69f00' linewidth 1.8 dashtype 1 pointtype 6 pointsize 0.6 pointinterval 2, \
    'batch-settings-test-loss.csv' skip 1 using 1:20 with linespoints linecolor rgb '#000000' linewidth 1.8 dashtype (12,4) pointtype 7 pointsize 0.6 pointinterval 2, \
    'batch-settings-test-loss.csv' skip 1 using 1:23 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype (3,3) pointtype 5 pointsize 0.6 pointinterval 2, \
    'batch-settings-test-loss.csv' skip 1 using 1:26 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,3,3,3) pointtype 9 pointsize 0.6 pointinterval 2
  unset label
  unset arrow
  unset object
  set lmargin at screen 0.42500
  set rmargin at screen 0.69000
  set xrange [10.82:20.18]
  unset logscale y
  set yrange [0.00774750718:0.159251433]
  set xtics (11,12,13,14,15,16,17,18,19,20) norotate
  set xlabel 'epoch' offset 0,0.3
  set label text_20000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.06023 to graph 1.06038,0.00000 nohead lc rgb '#0072b2' lw 0.6
  set label text_20001 at graph 1.07547,0.00000 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.06034 to graph 1.06038,0.05594 nohead lc rgb '#d55e00' lw 0.6
  set label text_20002 at graph 1.07547,0.05594 left textcolor rgb '#d55e00'
  set arrow from graph 0.98077,0.06364 to graph 1.06038,0.11189 nohead lc rgb '#009e73' lw 0.6
  set label text_20003 at graph 1.07547,0.11189 left textcolor rgb '#009e73'
  set arrow from graph 0.98077,0.07899 to graph 1.06038,0.16783 nohead lc rgb '#cc79a7' lw 0.6
  set label text_20004 at graph 1.07547,0.16783 left textcolor rgb '#cc79a7'
  set arrow from graph 0.98077,0.09317 to graph 1.06038,0.22378 nohead lc rgb '#56b4e9' lw 0.6
  set label text_20005 at graph 1.07547,0.22378 left textcolor rgb '#56b4e9'
  set arrow from graph 0.98077,0.09490 to graph 1.06038,0.27972 nohead lc rgb '#e69f00' lw 0.6
  set label text_20006 at graph 1.07547,0.27972 left textcolor rgb '#e69f00'
  set arrow from graph 0.98077,0.10493 to graph 1.06038,0.33566 nohead lc rgb '#000000' lw 0.6
  set label text_20007 at graph 1.07547,0.33566 left textcolor rgb '#000000'
  set arrow from graph 0.98077,0.11291 to graph 1.06038,0.39161 nohead lc rgb '#0072b2' lw 0.6
  set label text_20008 at graph 1.07547,0.39161 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.13213 to graph 1.06038,0.44755 nohead lc rgb '#d55e00' lw 0.6
  set label text_20009 at graph 1.07547,0.44755 left textcolor rgb '#d55e00'
  plot 'batch-settings-test-loss.csv' skip 1 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:6:7 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:9:10 with filledcurves fillcolor rgb '#009e73' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:12:13 with filledcurves fillcolor rgb '#cc79a7' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:15:16 with filledcurves fillcolor rgb '#56b4e9' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:18:19 with filledcurves fillcolor rgb '#e69f00' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:21:22 with filledcurves fillcolor rgb '#000000' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:24:25 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:27:28 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'batch-settings-test-loss.csv' skip 1 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 1, \
    'batch-settings-test-loss.csv' skip 1 using 1:5 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 1, \
    'batch-settings-test-loss.csv' skip 1 using 1:8 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype (3,3) pointtype 9 pointsize 0.6 pointinterval 1, \
    'batch-settings-test-loss.csv' skip 1 using 1:11 with linespoints linecolor rgb '#cc79a7' linewidth 1.8 dashtype (12,3,3,3) pointtype 13 pointsize 0.6 pointinterval 1, \
    'batch-settings-test-loss.csv' skip 1 using 1:14 with linespoints linecolor rgb '#56b4e9' linewidth 1.8 dashtype (6,3) pointtype 11 pointsize 0.6 pointinterval 1, \
    'batch-settings-test-loss.csv' skip 1 using 1:17 with linespoints linecolor rgb '#e69f00' linewidth 1.8 dashtype 1 pointtype 6 pointsize 0.6 pointinterval 1, \
    'batch-settings-test-loss.csv' skip 1 using 1:20 with linespoints linecolor rgb '#000000' linewidth 1.8 dashtype (12,4) pointtype 7 pointsize 0.6 pointinterval 1, \
    'batch-settings-test-loss.csv' skip 1 using 1:23 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype (3,3) pointtype 5 pointsize 0.6 pointinterval 1, \
    'batch-settings-test-loss.csv' skip 1 using 1:26 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,3,3,3) pointtype 9 pointsize 0.6 pointinterval 1
  unset label
  unset arrow
  unset object
  unset multiplot
  unset output
}
