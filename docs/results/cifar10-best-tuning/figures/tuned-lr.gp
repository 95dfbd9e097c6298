# Drawn again by: gnuplot tuned-lr.gp (in this folder; writes tuned-lr.svg and tuned-lr.png, 960 x 330 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
key_name = 'lr'
arm_0 = 'batch'
arm_1 = 'group'
rung_0 = 'epoch 3: 32 of 32 trials'
rung_1 = 'epoch 8: 12 of 32 trials'
rung_2 = 'epoch 20: 4 of 32 trials'
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 960,330 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 1920,660 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'tuned-lr.'.format
  set multiplot
  unset key
  set border 3
  set tics nomirror out scale 0.5
  set grid ytics linecolor rgb '#e2e2e2'
  set offsets graph 0.05, graph 0.05, graph 0.05, graph 0.02
  set xlabel key_name
  set logscale x
  set xrange [0.00897339:0.167161]
  set lmargin at screen 0.07292
  set rmargin at screen 0.27292
  set tmargin at screen 0.87879
  set bmargin at screen 0.18788
  set key at screen 0.995,0.9 right top Left reverse samplen 1
  set label 1 rung_0 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  plot 'tuned-lr.csv' using 1:2 skip 1 with points pointtype 7 pointsize 0.8 linecolor rgb '#0072b2' title arm_0, \
    'tuned-lr.csv' using 1:3 skip 1 with points pointtype 5 pointsize 0.8 linecolor rgb '#d55e00' title arm_1
  set lmargin at screen 0.33750
  set rmargin at screen 0.53750
  set tmargin at screen 0.87879
  set bmargin at screen 0.18788
  unset key
  set label 1 rung_1 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  plot 'tuned-lr.csv' using 1:4 skip 1 with points pointtype 7 pointsize 0.8 linecolor rgb '#0072b2' title arm_0, \
    'tuned-lr.csv' using 1:5 skip 1 with points pointtype 5 pointsize 0.8 linecolor rgb '#d55e00' title arm_1
  set lmargin at screen 0.60208
  set rmargin at screen 0.80208
  set tmargin at screen 0.87879
  set bmargin at screen 0.18788
  unset key
  set label 1 rung_2 at graph 0,1 offset 0,0.8 left textcolor rgb '#333333'
  plot 'tuned-lr.csv' using 1:6 skip 1 with points pointtype 7 pointsize 0.8 linecolor rgb '#0072b2' title arm_0, \
    'tuned-lr.csv' using 1:7 skip 1 with points pointtype 5 pointsize 0.8 linecolor rgb '#d55e00' title arm_1
  unset multiplot
  unset output
}
