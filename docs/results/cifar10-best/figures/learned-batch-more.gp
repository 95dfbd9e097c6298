# Drawn again by: gnuplot learned-batch-more.gp (in this folder; writes learned-batch-more.svg and learned-batch-more.png, 1000 x 446 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'batch, what each layer learned: CIFAR-10, cifar-37k'
subtitle = 'mean of n = 3 seeds, the band reaches from the lowest to the highest'
text_10000 = 'weight, mean over its elements'
text_10001 = 'C1 1.286'
text_10002 = 'C2 1.177'
text_10003 = 'c3 1.339'
text_10004 = 'C3 1.069'
text_10005 = 'C4 1.091'
text_10006 = 'C5 1.013'
text_10007 = 'c6 1.020'
text_10008 = 'C7 1.187'
text_10009 = 'C8 1.127'
text_20000 = 'bias, mean over its elements'
text_20001 = 'C1 0.238'
text_20002 = 'C2 0.129'
text_20003 = 'c3 0.285'
text_20004 = 'C3 0.018'
text_20005 = 'C4 0.065'
text_20006 = 'C5 0.021'
text_20007 = 'c6 0.260'
text_20008 = 'C7 -0.184'
text_20009 = 'C8 -0.617'
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 1000,446 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 2000,892 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'learned-batch-more.'.format
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
  set rmargin at screen 0.40300
  set xrange [0.62:20.38]
  unset logscale y
  set yrange [0.969706648:1.41649615]
  set xtics (2,4,6,8,10,12,14,16,18,20) norotate
  set xlabel 'epoch' offset 0,0.3
  set label text_10000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.70695 to graph 1.04893,0.70695 nohead lc rgb '#0072b2' lw 0.6
  set label text_10001 at graph 1.06116,0.70695 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.46304 to graph 1.04893,0.44640 nohead lc rgb '#d55e00' lw 0.6
  set label text_10002 at graph 1.06116,0.44640 left textcolor rgb '#d55e00'
  set arrow from graph 0.98077,0.82599 to graph 1.04893,0.82599 nohead lc rgb '#009e73' lw 0.6
  set label text_10003 at graph 1.06116,0.82599 left textcolor rgb '#009e73'
  set arrow from graph 0.98077,0.22251 to graph 1.04893,0.21910 nohead lc rgb '#cc79a7' lw 0.6
  set label text_10004 at graph 1.06116,0.21910 left textcolor rgb '#cc79a7'
  set arrow from graph 0.98077,0.27163 to graph 1.04893,0.27504 nohead lc rgb '#56b4e9' lw 0.6
  set label text_10005 at graph 1.06116,0.27504 left textcolor rgb '#56b4e9'
  set arrow from graph 0.98077,0.09727 to graph 1.04893,0.07708 nohead lc rgb '#e69f00' lw 0.6
  set label text_10006 at graph 1.06116,0.07708 left textcolor rgb '#e69f00'
  set arrow from graph 0.98077,0.11284 to graph 1.04893,0.13303 nohead lc rgb '#000000' lw 0.6
  set label text_10007 at graph 1.06116,0.13303 left textcolor rgb '#000000'
  set arrow from graph 0.98077,0.48570 to graph 1.04893,0.50234 nohead lc rgb '#0072b2' lw 0.6
  set label text_10008 at graph 1.06116,0.50234 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.35123 to graph 1.04893,0.35123 nohead lc rgb '#d55e00' lw 0.6
  set label text_10009 at graph 1.06116,0.35123 left textcolor rgb '#d55e00'
  plot 'learned-batch-more.csv' skip 1 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:6:7 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:9:10 with filledcurves fillcolor rgb '#009e73' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:12:13 with filledcurves fillcolor rgb '#cc79a7' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:15:16 with filledcurves fillcolor rgb '#56b4e9' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:18:19 with filledcurves fillcolor rgb '#e69f00' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:21:22 with filledcurves fillcolor rgb '#000000' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:24:25 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:27:28 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:5 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:8 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype (3,3) pointtype 9 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:11 with linespoints linecolor rgb '#cc79a7' linewidth 1.8 dashtype (12,3,3,3) pointtype 13 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:14 with linespoints linecolor rgb '#56b4e9' linewidth 1.8 dashtype (6,3) pointtype 11 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:17 with linespoints linecolor rgb '#e69f00' linewidth 1.8 dashtype 1 pointtype 6 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:20 with linespoints linecolor rgb '#000000' linewidth 1.8 dashtype (12,4) pointtype 7 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:23 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype (3,3) pointtype 5 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:26 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,3,3,3) pointtype 9 pointsize 0.6 pointinterval 2
  unset label
  unset arrow
  unset object
  set lmargin at screen 0.57000
  set rmargin at screen 0.89700
  set xrange [0.62:20.38]
  unset logscale y
  set yrange [-0.678461924:0.357768124]
  set xtics (2,4,6,8,10,12,14,16,18,20) norotate
  set xlabel 'epoch' offset 0,0.3
  set label text_20000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.88442 to graph 1.04893,0.85066 nohead lc rgb '#0072b2' lw 0.6
  set label text_20001 at graph 1.06116,0.85066 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.77896 to graph 1.04893,0.79471 nohead lc rgb '#d55e00' lw 0.6
  set label text_20002 at graph 1.06116,0.79471 left textcolor rgb '#d55e00'
  set arrow from graph 0.98077,0.92959 to graph 1.04893,0.96255 nohead lc rgb '#009e73' lw 0.6
  set label text_20003 at graph 1.06116,0.96255 left textcolor rgb '#009e73'
  set arrow from graph 0.98077,0.67233 to graph 1.04893,0.62688 nohead lc rgb '#cc79a7' lw 0.6
  set label text_20004 at graph 1.06116,0.62688 left textcolor rgb '#cc79a7'
  set arrow from graph 0.98077,0.71760 to graph 1.04893,0.73877 nohead lc rgb '#56b4e9' lw 0.6
  set label text_20005 at graph 1.06116,0.73877 left textcolor rgb '#56b4e9'
  set arrow from graph 0.98077,0.67486 to graph 1.04893,0.68283 nohead lc rgb '#e69f00' lw 0.6
  set label text_20006 at graph 1.06116,0.68283 left textcolor rgb '#e69f00'
  set arrow from graph 0.98077,0.90524 to graph 1.04893,0.90660 nohead lc rgb '#000000' lw 0.6
  set label text_20007 at graph 1.06116,0.90660 left textcolor rgb '#000000'
  set arrow from graph 0.98077,0.47688 to graph 1.04893,0.47688 nohead lc rgb '#0072b2' lw 0.6
  set label text_20008 at graph 1.06116,0.47688 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.05885 to graph 1.04893,0.05885 nohead lc rgb '#d55e00' lw 0.6
  set label text_20009 at graph 1.06116,0.05885 left textcolor rgb '#d55e00'
  plot 'learned-batch-more.csv' skip 1 using 1:30:31 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:33:34 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:36:37 with filledcurves fillcolor rgb '#009e73' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:39:40 with filledcurves fillcolor rgb '#cc79a7' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:42:43 with filledcurves fillcolor rgb '#56b4e9' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:45:46 with filledcurves fillcolor rgb '#e69f00' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:48:49 with filledcurves fillcolor rgb '#000000' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:51:52 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:54:55 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'learned-batch-more.csv' skip 1 using 1:29 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:32 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:35 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype (3,3) pointtype 9 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:38 with linespoints linecolor rgb '#cc79a7' linewidth 1.8 dashtype (12,3,3,3) pointtype 13 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:41 with linespoints linecolor rgb '#56b4e9' linewidth 1.8 dashtype (6,3) pointtype 11 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:44 with linespoints linecolor rgb '#e69f00' linewidth 1.8 dashtype 1 pointtype 6 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:47 with linespoints linecolor rgb '#000000' linewidth 1.8 dashtype (12,4) pointtype 7 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:50 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype (3,3) pointtype 5 pointsize 0.6 pointinterval 2, \
    'learned-batch-more.csv' skip 1 using 1:53 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,3,3,3) pointtype 9 pointsize 0.6 pointinterval 2
  unset label
  unset arrow
  unset object
  unset multiplot
  unset output
}
