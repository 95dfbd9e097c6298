# Drawn again by: gnuplot layers.gp (in this folder; writes layers.svg and layers.png, 1000 x 446 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'Scale of activations and gradients, layer by layer: CIFAR-10, cifar-37k'
subtitle = 'mean of n = 3 seeds, the band reaches from the lowest to the highest'
text_10000 = 'deviation of each unit''s output'
text_10001 = 'batch 2'
text_10002 = 'group 2'
text_15000 = 'C1'
text_15001 = 'C2'
text_15002 = 'c3'
text_15003 = 'C3'
text_15004 = 'C4'
text_15005 = 'C4 (2)'
text_15006 = 'C5'
text_15007 = 'c6'
text_15008 = 'C7'
text_15009 = 'C8'
text_15010 = 'C9'
text_15011 = 'c10'
text_20000 = 'norm of the gradient of its weights'
text_20001 = 'batch 0.53'
text_20002 = 'group 0.62'
text_25000 = 'C1'
text_25001 = 'C2'
text_25002 = 'c3'
text_25003 = 'C3'
text_25004 = 'C4'
text_25005 = 'C4 (2)'
text_25006 = 'C5'
text_25007 = 'c6'
text_25008 = 'C7'
text_25009 = 'C8'
text_25010 = 'C9'
text_25011 = 'c10'
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
  set rmargin at screen 0.40300
  set xrange [0.78:12.22]
  set logscale y
  set yrange [0.914962639:2.63412536]
  set xtics (text_15000 1,text_15001 2,text_15002 3,text_15003 4,text_15004 5,text_15005 6,text_15006 7,text_15007 8,text_15008 9,text_15009 10,text_15010 11,text_15011 12) rotate by -40
  set xlabel '' offset 0,0
  set label text_10000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.75273 to graph 1.04893,0.76563 nohead lc rgb '#0072b2' lw 0.6
  set label text_10001 at graph 1.06116,0.76563 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.72259 to graph 1.04893,0.70969 nohead lc rgb '#d55e00' lw 0.6
  set label text_10002 at graph 1.06116,0.70969 left textcolor rgb '#d55e00'
  plot 'layers.csv' skip 1 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'layers.csv' skip 1 using 1:6:7 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'layers.csv' skip 1 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 1, \
    'layers.csv' skip 1 using 1:5 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 1
  unset label
  unset arrow
  unset object
  set lmargin at screen 0.56200
  set rmargin at screen 0.89000
  set xrange [0.78:12.22]
  set logscale y
  set yrange [0.0725410723:1.02945986]
  set xtics (text_25000 1,text_25001 2,text_25002 3,text_25003 4,text_25004 5,text_25005 6,text_25006 7,text_25007 8,text_25008 9,text_25009 10,text_25010 11,text_25011 12) rotate by -40
  set xlabel '' offset 0,0
  set label text_20000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.74639 to graph 1.04878,0.74639 nohead lc rgb '#0072b2' lw 0.6
  set label text_20001 at graph 1.06098,0.74639 left textcolor rgb '#0072b2'
  set arrow from graph 0.98077,0.81003 to graph 1.04878,0.81003 nohead lc rgb '#d55e00' lw 0.6
  set label text_20002 at graph 1.06098,0.81003 left textcolor rgb '#d55e00'
  plot 'layers.csv' skip 1 using 1:9:10 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder, \
    'layers.csv' skip 1 using 1:12:13 with filledcurves fillcolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder, \
    'layers.csv' skip 1 using 1:8 with linespoints linecolor rgb '#0072b2' linewidth 1.8 dashtype 1 pointtype 7 pointsize 0.6 pointinterval 1, \
    'layers.csv' skip 1 using 1:11 with linespoints linecolor rgb '#d55e00' linewidth 1.8 dashtype (12,4) pointtype 5 pointsize 0.6 pointinterval 1
  unset label
  unset arrow
  unset object
  unset multiplot
  unset output
}
