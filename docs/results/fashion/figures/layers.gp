# Drawn again by: gnuplot layers.gp (in this folder; writes layers.svg and layers.png, 1000 x 446 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'Scale of activations and gradients, layer by layer: Fashion-MNIST, mnist-8k'
subtitle = 'mean of n = 5 seeds, the band reaches from the lowest to the highest'
text_10000 = 'deviation of each block''s output'
text_10001 = 'batch 3.6'
text_10002 = 'layer 3.4'
text_10003 = 'group 3.5'
text_15000 = 'C1'
text_15001 = 'C2'
text_15002 = 'c3'
text_15003 = 'C4'
text_15004 = 'C5'
text_15005 = 'C6'
text_15006 = 'c7'
text_15007 = 'c8'
text_20000 = 'norm of the gradient of its weights'
text_20001 = 'batch 0.17'
text_20002 = 'layer 0.18'
text_20003 = 'group 0.17'
text_25000 = 'C1'
text_25001 = 'C2'
text_25002 = 'c3'
text_25003 = 'C4'
text_25004 = 'C5'
text_25005 = 'C6'
text_25006 = 'c7'
text_25007 = 'c8'
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 1000,446 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 2000,892 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'layers.'.format
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
  set rmargin at screen 0.39500
  set xrange [0.86:8.14]
  set logscale y
  set yrange [0.496083095:4.13312325]
  set xtics (text_15000 1,text_15001 2,text_15002 3,text_15003 4,text_15004 5,text_15005 6,text_15006 7,text_15007 8) norotate
  set xlabel '' offset 0,0
  set label text_10000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.93900 to graph 1.05016,0.97870 nohead lc rgb '#0072b2' lw 0.6
  set label text_10001 at graph 1.06270,0.97870 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.90928 to graph 1.05016,0.86682 nohead lc rgb '#d55e00' lw 0.6
  set label text_10002 at graph 1.06270,0.86682 left textcolor rgb '#d55e00'
  set arrow from graph 0.98077,0.92000 to graph 1.05016,0.92276 nohead lc rgb '#009e73' lw 0.6
  set label text_10003 at graph 1.06270,0.92276 left textcolor rgb '#009e73'
  plot 'layers.csv' skip 1 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'layers.csv' skip 1 using 1:6:7 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'layers.csv' skip 1 using 1:9:10 with filledcurves fillcolor rgb '#009e73' fillstyle transparent solid 0.18 noborder, \
    'layers.csv' skip 1 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 1, \
    'layers.csv' skip 1 using 1:5 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 1, \
    'layers.csv' skip 1 using 1:8 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype (3,3) pointtype 9 pointsize 0.6 pointinterval 1
  unset label
  unset arrow
  unset object
  set lmargin at screen 0.57000
  set rmargin at screen 0.89000
  set xrange [0.86:8.14]
  set logscale y
  set yrange [0.10557247:0.816978182]
  set xtics (text_25000 1,text_25001 2,text_25002 3,text_25003 4,text_25004 5,text_25005 6,text_25006 7,text_25007 8) norotate
  set xlabel '' offset 0,0
  set label text_20000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.24026 to graph 1.05000,0.23869 nohead lc rgb '#0072b2' lw 0.6
  set label text_20001 at graph 1.06250,0.23869 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.25674 to graph 1.05000,0.29464 nohead lc rgb '#d55e00' lw 0.6
  set label text_20002 at graph 1.06250,0.29464 left textcolor rgb '#d55e00'
  set arrow from graph 0.98077,0.21907 to graph 1.05000,0.18275 nohead lc rgb '#009e73' lw 0.6
  set label text_20003 at graph 1.06250,0.18275 left textcolor rgb '#009e73'
  plot 'layers.csv' skip 1 using 1:12:13 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'layers.csv' skip 1 using 1:15:16 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'layers.csv' skip 1 using 1:18:19 with filledcurves fillcolor rgb '#009e73' fillstyle transparent solid 0.18 noborder, \
    'layers.csv' skip 1 using 1:11 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 1, \
    'layers.csv' skip 1 using 1:14 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 1, \
    'layers.csv' skip 1 using 1:17 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype (3,3) pointtype 9 pointsize 0.6 pointinterval 1
  unset label
  unset arrow
  unset object
  unset multiplot
  unset output
}
