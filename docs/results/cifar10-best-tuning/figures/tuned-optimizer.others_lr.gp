# Drawn again by: gnuplot tuned-optimizer.others_lr.gp (in this folder; writes tuned-optimizer.others_lr.svg and tuned-optimizer.others_lr.png, 900 x 460 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 900,460 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 1800,920 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'tuned-optimizer.others_lr.'.format
  set multiplot
  unset key
  set key outside right top Left reverse samplen 1
  set border 3
  set tics nomirror out scale 0.5
  set grid ytics linecolor rgb '#e2e2e2'
  set offsets graph 0.03, graph 0.03, graph 0.05, graph 0.02
  set ylabel 'accuracy on held-out images (%)'
  set xlabel 'optimizer.others_lr'
  set logscale x
  plot 'tuned-optimizer.others_lr.csv' using 1:2 skip 1 with points pointtype 7 pointsize 1 linecolor rgb '#0072b2' title 'batch', \
    '' using 1:3 skip 1 with points pointtype 6 pointsize 0.9 linecolor rgb '#0072b2' notitle, \
    'tuned-optimizer.others_lr.csv' using 1:4 skip 1 with points pointtype 7 pointsize 1 linecolor rgb '#d55e00' title 'group', \
    '' using 1:5 skip 1 with points pointtype 6 pointsize 0.9 linecolor rgb '#d55e00' notitle
  unset multiplot
  unset output
}
