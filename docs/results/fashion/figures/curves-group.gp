# Drawn again by: gnuplot curves-group.gp (in this folder; writes curves-group.svg and curves-group.png, 1000 x 446 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'group: Fashion-MNIST, mnist-8k'
subtitle = 'one training, seed 1'
text_1000 = 'loss (nats per image)'
text_1001 = 'train 0.273'
text_1002 = 'test 0.278'
text_1003 = 'validation 0.263'
text_2000 = 'accuracy (%)'
text_2001 = 'train 90.32'
text_2002 = 'test 90.09'
text_2003 = 'validation 90.30'
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 1000,446 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 2000,892 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'curves-group.'.format
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
  set xlabel 'epoch' offset 0,0.3
  set lmargin at screen 0.07600
  set rmargin at screen 0.34700
  set xrange [0.62:20.38]
  set yrange [0.21057887:1.19485563]
  set xtics (2,4,6,8,10,12,14,16,18,20)
  set label text_1000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.06293 to graph 1.05904,0.06182 nohead lc rgb '#777777' lw 0.6
  set label text_1001 at graph 1.07380,0.06182 left textcolor rgb '#777777'
  set arrow from graph 0.98077,0.06897 to graph 1.05904,0.11777 nohead lc rgb '#009e73' lw 0.6
  set label text_1002 at graph 1.07380,0.11777 left textcolor rgb '#009e73'
  set arrow from graph 0.98077,0.05357 to graph 1.05904,0.00588 nohead lc rgb '#222222' lw 0.6
  set label text_1003 at graph 1.07380,0.00588 left textcolor rgb '#222222'
  plot 'curves-group.csv' skip 1 using 1:2 with linespoints linecolor rgb '#777777' linewidth 1.8 dashtype (8,4) pointtype 6 pointsize 0.6 pointinterval 2, \
    'curves-group.csv' skip 1 using 1:3 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype 1 pointtype 9 pointsize 0.6 pointinterval 2, \
    'curves-group.csv' skip 1 using 1:4 with linespoints linecolor rgb '#222222' linewidth 1.8 dashtype (2,3) pointtype 4 pointsize 0.6 pointinterval 2
  unset label
  unset arrow
  unset object
  set lmargin at screen 0.57400
  set rmargin at screen 0.84500
  set xrange [0.62:20.38]
  set yrange [58.3849818:92.1295636]
  set xtics (2,4,6,8,10,12,14,16,18,20)
  set label text_2000 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  set arrow from graph 0.98077,0.94643 to graph 1.05904,0.99987 nohead lc rgb '#777777' lw 0.6
  set label text_2001 at graph 1.07380,0.99987 left textcolor rgb '#777777'
  set arrow from graph 0.98077,0.93956 to graph 1.05904,0.88798 nohead lc rgb '#009e73' lw 0.6
  set label text_2002 at graph 1.07380,0.88798 left textcolor rgb '#009e73'
  set arrow from graph 0.98077,0.94578 to graph 1.05904,0.94392 nohead lc rgb '#222222' lw 0.6
  set label text_2003 at graph 1.07380,0.94392 left textcolor rgb '#222222'
  plot 'curves-group.csv' skip 1 using 1:5 with linespoints linecolor rgb '#777777' linewidth 1.8 dashtype (8,4) pointtype 6 pointsize 0.6 pointinterval 2, \
    'curves-group.csv' skip 1 using 1:6 with linespoints linecolor rgb '#009e73' linewidth 1.8 dashtype 1 pointtype 9 pointsize 0.6 pointinterval 2, \
    'curves-group.csv' skip 1 using 1:7 with linespoints linecolor rgb '#222222' linewidth 1.8 dashtype (2,3) pointtype 4 pointsize 0.6 pointinterval 2
  unset label
  unset arrow
  unset object
  unset multiplot
  unset output
}
