# Drawn again by: gnuplot all-models-test-accuracy.gp (in this folder; writes all-models-test-accuracy.svg and all-models-test-accuracy.png, 1000 x 446 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'Test accuracy of all models: MNIST, mnist-8k'
subtitle = 'mean of n = 3 seeds, the band reaches from the lowest to the highest'
text_10000 = 'test accuracy (%), all epochs'
text_10001 = 'batch (l1 = 0, l2 = 0) 99.45'
text_10002 = 'batch (l1 = 0, l2 = 0.001) 99.48'
text_10003 = 'batch (l1 = 0, l2 = 0.002) 99.51'
text_10004 = 'batch (l1 = 0.001, l2 = 0) 99.38'
text_10005 = 'batch (l1 = 0.001, l2 = 0.001) 99.33'
text_10006 = 'batch (l1 = 0.001, l2 = 0.002) 99.38'
text_10007 = 'batch (l1 = 0.002, l2 = 0) 99.36'
text_10008 = 'batch (l1 = 0.002, l2 = 0.001) 99.30'
text_10009 = 'batch (l1 = 0.002, l2 = 0.002) 99.18'
text_10010 = 'layer (l1 = 0, l2 = 0) 99.49'
text_10011 = 'layer (l1 = 0, l2 = 0.001) 99.48'
text_10012 = 'layer (l1 = 0, l2 = 0.002) 99.45'
text_10013 = 'group (l1 = 0, l2 = 0) 99.43'
text_10014 = 'group (l1 = 0, l2 = 0.001) 99.44'
text_10015 = 'group (l1 = 0, l2 = 0.002) 99.49'
text_20000 = 'test accuracy (%), epochs 11 to 20, enlarged'
text_20001 = 'batch (l1 = 0, l2 = 0) 99.45'
text_20002 = 'batch (l1 = 0, l2 = 0.001) 99.48'
text_20003 = 'batch (l1 = 0, l2 = 0.002) 99.51'
text_20004 = 'batch (l1 = 0.001, l2 = 0) 99.38'
text_20005 = 'batch (l1 = 0.001, l2 = 0.001) 99.33'
text_20006 = 'batch (l1 = 0.001, l2 = 0.002) 99.38'
text_20007 = 'batch (l1 = 0.002, l2 = 0) 99.36'
text_20008 = 'batch (l1 = 0.002, l2 = 0.001) 99.30'
text_20009 = 'batch (l1 = 0.002, l2 = 0.002) 99.18'
text_20010 = 'layer (l1 = 0, l2 = 0) 99.49'
text_20011 = 'layer (l1 = 0, l2 = 0.001) 99.48'
text_20012 = 'layer (l1 = 0, l2 = 0.002) 99.45'
text_20013 = 'group (l1 = 0, l2 = 0) 99.43'
text_20014 = 'group (l1 = 0, l2 = 0.001) 99.44'
text_20015 = 'group (l1 = 0, l2 = 0.002) 99.49'
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 1000,446 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 2000,892 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'all-models-test-accuracy.'.format
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
  set rmargin at screen 0.34400
  set xrange [0.62:20.38]
  unset logscale y
  set yrange [85.1122:100]
  set xtics (2,4,6,8,10,12,14,16,18,20) norotate
  set xlabel 'epoch' offset 0,0.3
  set label text_10000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set object rectangle from first 10.62, graph 0 to first 20.38, graph 1 behind fillcolor rgb '#f0f0f0' fillstyle solid noborder
  plot 'all-models-test-accuracy.csv' skip 1 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:6:7 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:9:10 with filledcurves fillcolor rgb '#009e73' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:12:13 with filledcurves fillcolor rgb '#cc79a7' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:15:16 with filledcurves fillcolor rgb '#56b4e9' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:18:19 with filledcurves fillcolor rgb '#e69f00' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:21:22 with filledcurves fillcolor rgb '#000000' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:24:25 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:27:28 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:30:31 with filledcurves fillcolor rgb '#009e73' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:33:34 with filledcurves fillcolor rgb '#cc79a7' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:36:37 with filledcurves fillcolor rgb '#56b4e9' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:39:40 with filledcurves fillcolor rgb '#e69f00' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:42:43 with filledcurves fillcolor rgb '#000000' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:45:46 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:5 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:8 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype (3,3) pointtype 9 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:11 with linespoints linecolor rgb '#cc79a7' linewidth 1.8 dashtype (12,3,3,3) pointtype 13 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:14 with linespoints linecolor rgb '#56b4e9' linewidth 1.8 dashtype (6,3) pointtype 11 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:17 with linespoints linecolor rgb '#e69f00' linewidth 1.8 dashtype 1 pointtype 6 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:20 with linespoints linecolor rgb '#000000' linewidth 1.8 dashtype (12,4) pointtype 7 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:23 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype (3,3) pointtype 5 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:26 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,3,3,3) pointtype 9 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:29 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype (6,3) pointtype 13 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:32 with linespoints linecolor rgb '#cc79a7' linewidth 1.8 dashtype 1 pointtype 11 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:35 with linespoints linecolor rgb '#56b4e9' linewidth 1.8 dashtype (12,4) pointtype 6 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:38 with linespoints linecolor rgb '#e69f00' linewidth 1.8 dashtype (3,3) pointtype 7 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:41 with linespoints linecolor rgb '#000000' linewidth 1.8 dashtype (12,3,3,3) pointtype 5 pointsize 0.6 pointinterval 2, \
    'all-models-test-accuracy.csv' skip 1 using 1:44 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype (6,3) pointtype 9 pointsize 0.6 pointinterval 2
  unset label
  unset arrow
  unset object
  set lmargin at screen 0.42800
  set rmargin at screen 0.69700
  set xrange [10.82:20.18]
  unset logscale y
  set yrange [95.6168:99.7832]
  set xtics (11,12,13,14,15,16,17,18,19,20) norotate
  set xlabel 'epoch' offset 0,0.3
  set label text_20000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.91923 to graph 1.05948,0.66434 nohead lc rgb '#0072b2' lw 0.6
  set label text_20001 at graph 1.07435,0.66434 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.92803 to graph 1.05948,0.83217 nohead lc rgb '#d55e00' lw 0.6
  set label text_20002 at graph 1.07435,0.83217 left textcolor rgb '#d55e00'
  set arrow from graph 0.98077,0.93443 to graph 1.05948,1.00000 nohead lc rgb '#009e73' lw 0.6
  set label text_20003 at graph 1.07435,1.00000 left textcolor rgb '#009e73'
  set arrow from graph 0.98077,0.90323 to graph 1.05948,0.44056 nohead lc rgb '#cc79a7' lw 0.6
  set label text_20004 at graph 1.07435,0.44056 left textcolor rgb '#cc79a7'
  set arrow from graph 0.98077,0.89123 to graph 1.05948,0.32867 nohead lc rgb '#56b4e9' lw 0.6
  set label text_20005 at graph 1.07435,0.32867 left textcolor rgb '#56b4e9'
  set arrow from graph 0.98077,0.90403 to graph 1.05948,0.49650 nohead lc rgb '#e69f00' lw 0.6
  set label text_20006 at graph 1.07435,0.49650 left textcolor rgb '#e69f00'
  set arrow from graph 0.98077,0.89923 to graph 1.05948,0.38462 nohead lc rgb '#000000' lw 0.6
  set label text_20007 at graph 1.07435,0.38462 left textcolor rgb '#000000'
  set arrow from graph 0.98077,0.88322 to graph 1.05948,0.27273 nohead lc rgb '#0072b2' lw 0.6
  set label text_20008 at graph 1.07435,0.27273 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.85602 to graph 1.05948,0.21678 nohead lc rgb '#d55e00' lw 0.6
  set label text_20009 at graph 1.07435,0.21678 left textcolor rgb '#d55e00'
  set arrow from graph 0.98077,0.92883 to graph 1.05948,0.88811 nohead lc rgb '#009e73' lw 0.6
  set label text_20010 at graph 1.07435,0.88811 left textcolor rgb '#009e73'
  set arrow from graph 0.98077,0.92723 to graph 1.05948,0.77622 nohead lc rgb '#cc79a7' lw 0.6
  set label text_20011 at graph 1.07435,0.77622 left textcolor rgb '#cc79a7'
  set arrow from graph 0.98077,0.92083 to graph 1.05948,0.72028 nohead lc rgb '#56b4e9' lw 0.6
  set label text_20012 at graph 1.07435,0.72028 left textcolor rgb '#56b4e9'
  set arrow from graph 0.98077,0.91523 to graph 1.05948,0.55245 nohead lc rgb '#e69f00' lw 0.6
  set label text_20013 at graph 1.07435,0.55245 left textcolor rgb '#e69f00'
  set arrow from graph 0.98077,0.91843 to graph 1.05948,0.60839 nohead lc rgb '#000000' lw 0.6
  set label text_20014 at graph 1.07435,0.60839 left textcolor rgb '#000000'
  set arrow from graph 0.98077,0.92963 to graph 1.05948,0.94406 nohead lc rgb '#0072b2' lw 0.6
  set label text_20015 at graph 1.07435,0.94406 left textcolor rgb '#0072b2'
  plot 'all-models-test-accuracy.csv' skip 1 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:6:7 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:9:10 with filledcurves fillcolor rgb '#009e73' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:12:13 with filledcurves fillcolor rgb '#cc79a7' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:15:16 with filledcurves fillcolor rgb '#56b4e9' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:18:19 with filledcurves fillcolor rgb '#e69f00' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:21:22 with filledcurves fillcolor rgb '#000000' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:24:25 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:27:28 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:30:31 with filledcurves fillcolor rgb '#009e73' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:33:34 with filledcurves fillcolor rgb '#cc79a7' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:36:37 with filledcurves fillcolor rgb '#56b4e9' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:39:40 with filledcurves fillcolor rgb '#e69f00' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:42:43 with filledcurves fillcolor rgb '#000000' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:45:46 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'all-models-test-accuracy.csv' skip 1 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:5 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:8 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype (3,3) pointtype 9 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:11 with linespoints linecolor rgb '#cc79a7' linewidth 1.8 dashtype (12,3,3,3) pointtype 13 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:14 with linespoints linecolor rgb '#56b4e9' linewidth 1.8 dashtype (6,3) pointtype 11 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:17 with linespoints linecolor rgb '#e69f00' linewidth 1.8 dashtype 1 pointtype 6 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:20 with linespoints linecolor rgb '#000000' linewidth 1.8 dashtype (12,4) pointtype 7 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:23 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype (3,3) pointtype 5 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:26 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,3,3,3) pointtype 9 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:29 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype (6,3) pointtype 13 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:32 with linespoints linecolor rgb '#cc79a7' linewidth 1.8 dashtype 1 pointtype 11 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:35 with linespoints linecolor rgb '#56b4e9' linewidth 1.8 dashtype (12,4) pointtype 6 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:38 with linespoints linecolor rgb '#e69f00' linewidth 1.8 dashtype (3,3) pointtype 7 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:41 with linespoints linecolor rgb '#000000' linewidth 1.8 dashtype (12,3,3,3) pointtype 5 pointsize 0.6 pointinterval 1, \
    'all-models-test-accuracy.csv' skip 1 using 1:44 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype (6,3) pointtype 9 pointsize 0.6 pointinterval 1
  unset label
  unset arrow
  unset object
  unset multiplot
  unset output
}
