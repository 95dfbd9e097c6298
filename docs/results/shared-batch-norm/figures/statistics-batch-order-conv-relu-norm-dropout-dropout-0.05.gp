# Drawn again by: gnuplot statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.gp (in this folder; writes statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.svg and statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.png, 1000 x 446 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'batch (order = conv-relu-norm-dropout, dropout = 0.05): CIFAR-10, cifar-37k'
subtitle = 'mean of n = 5 seeds, the band reaches from the lowest to the highest'
text_10000 = 'test accuracy (%), all epochs'
text_10001 = 'running shared 75.39'
text_10002 = 'running per application 77.03'
text_10003 = 're-estimated shared 75.93'
text_10004 = 're-estimated per application 77.57'
text_10005 = 'each test batch''s own 76.76'
text_20000 = 'test accuracy (%), epochs 11 to 20, enlarged'
text_20001 = 'running shared 75.39'
text_20002 = 'running per application 77.03'
text_20003 = 're-estimated shared 75.93'
text_20004 = 're-estimated per application 77.57'
text_20005 = 'each test batch''s own 76.76'
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 1000,446 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 2000,892 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.'.format
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
  set rmargin at screen 0.35200
  set xrange [0.62:20.38]
  unset logscale y
  set yrange [49.9568:79.8832]
  set xtics (2,4,6,8,10,12,14,16,18,20) norotate
  set xlabel 'epoch' offset 0,0.3
  set label text_10000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set object rectangle from first 10.62, graph 0 to first 20.38, graph 1 behind fillcolor rgb '#f0f0f0' fillstyle solid noborder
  plot 'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:6:7 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:9:10 with filledcurves fillcolor rgb '#009e73' fillstyle transparent solid 0.18 noborder, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:12:13 with filledcurves fillcolor rgb '#cc79a7' fillstyle transparent solid 0.18 noborder, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:15:16 with filledcurves fillcolor rgb '#56b4e9' fillstyle transparent solid 0.18 noborder, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 2, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:5 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 2, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:8 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype (3,3) pointtype 9 pointsize 0.6 pointinterval 2, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:11 with linespoints linecolor rgb '#cc79a7' linewidth 1.8 dashtype (12,3,3,3) pointtype 13 pointsize 0.6 pointinterval 2, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:14 with linespoints linecolor rgb '#56b4e9' linewidth 1.8 dashtype (6,3) pointtype 11 pointsize 0.6 pointinterval 2
  unset label
  unset arrow
  unset object
  set lmargin at screen 0.43600
  set rmargin at screen 0.71200
  set xrange [10.82:20.18]
  unset logscale y
  set yrange [71.8988:78.6412]
  set xtics (11,12,13,14,15,16,17,18,19,20) norotate
  set xlabel 'epoch' offset 0,0.3
  set label text_20000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.51839 to graph 1.05797,0.51839 nohead lc rgb '#0072b2' lw 0.6
  set label text_20001 at graph 1.07246,0.51839 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.76044 to graph 1.05797,0.76839 nohead lc rgb '#d55e00' lw 0.6
  set label text_20002 at graph 1.07246,0.76839 left textcolor rgb '#d55e00'
  set arrow from graph 0.98077,0.59818 to graph 1.05797,0.59818 nohead lc rgb '#009e73' lw 0.6
  set label text_20003 at graph 1.07246,0.59818 left textcolor rgb '#009e73'
  set arrow from graph 0.98077,0.84112 to graph 1.05797,0.84112 nohead lc rgb '#cc79a7' lw 0.6
  set label text_20004 at graph 1.07246,0.84112 left textcolor rgb '#cc79a7'
  set arrow from graph 0.98077,0.72040 to graph 1.05797,0.71245 nohead lc rgb '#56b4e9' lw 0.6
  set label text_20005 at graph 1.07246,0.71245 left textcolor rgb '#56b4e9'
  plot 'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:6:7 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:9:10 with filledcurves fillcolor rgb '#009e73' fillstyle transparent solid 0.18 noborder, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:12:13 with filledcurves fillcolor rgb '#cc79a7' fillstyle transparent solid 0.18 noborder, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:15:16 with filledcurves fillcolor rgb '#56b4e9' fillstyle transparent solid 0.18 noborder, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 1, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:5 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 1, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:8 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype (3,3) pointtype 9 pointsize 0.6 pointinterval 1, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:11 with linespoints linecolor rgb '#cc79a7' linewidth 1.8 dashtype (12,3,3,3) pointtype 13 pointsize 0.6 pointinterval 1, \
    'statistics-batch-order-conv-relu-norm-dropout-dropout-0.05.csv' skip 1 using 1:14 with linespoints linecolor rgb '#56b4e9' linewidth 1.8 dashtype (6,3) pointtype 11 pointsize 0.6 pointinterval 1
  unset label
  unset arrow
  unset object
  unset multiplot
  unset output
}
