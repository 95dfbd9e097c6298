# Drawn again by: gnuplot training-samples.gp (in this folder; writes training-samples.svg and training-samples.png, 1116 x 206 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'Training images of CIFAR-10, one of each class'
subtitle = 'as read; this run augments nothing'
above_0_0 = 'airplane'
below_0 = ''
above_1_0 = 'automobile'
below_1 = ''
above_2_0 = 'bird'
below_2 = ''
above_3_0 = 'cat'
below_3 = ''
above_4_0 = 'deer'
below_4 = ''
above_5_0 = 'dog'
below_5 = ''
above_6_0 = 'frog'
below_6 = ''
above_7_0 = 'horse'
below_7 = ''
above_8_0 = 'ship'
below_8 = ''
above_9_0 = 'truck'
below_9 = ''
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 1116,206 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 2232,412 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'training-samples.'.format
  set multiplot
  unset key
  set lmargin at screen 0
  set rmargin at screen 1
  set bmargin at screen 0
  set tmargin at screen 1
  unset border
  unset tics
  set xrange [0:1116]
  set yrange [0:206]
  set label title at 18,184 left font ',17'
  set label subtitle at 18,160 left textcolor rgb '#666666'
  set label above_0_0 at 18,127 left textcolor rgb '#222222'
  set label below_0 at 18,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 18,20 to 114,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_1_0 at 126,127 left textcolor rgb '#222222'
  set label below_1 at 126,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 126,20 to 222,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_2_0 at 234,127 left textcolor rgb '#222222'
  set label below_2 at 234,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 234,20 to 330,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_3_0 at 342,127 left textcolor rgb '#222222'
  set label below_3 at 342,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 342,20 to 438,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_4_0 at 450,127 left textcolor rgb '#222222'
  set label below_4 at 450,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 450,20 to 546,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_5_0 at 558,127 left textcolor rgb '#222222'
  set label below_5 at 558,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 558,20 to 654,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_6_0 at 666,127 left textcolor rgb '#222222'
  set label below_6 at 666,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 666,20 to 762,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_7_0 at 774,127 left textcolor rgb '#222222'
  set label below_7 at 774,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 774,20 to 870,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_8_0 at 882,127 left textcolor rgb '#222222'
  set label below_8 at 882,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 882,20 to 978,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_9_0 at 990,127 left textcolor rgb '#222222'
  set label below_9 at 990,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 990,20 to 1086,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  plot 'training-samples-images.png' binary filetype=png origin=(18.5,20.5) every 1:1:0:0:95:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(30.5,20.5) every 1:1:96:0:191:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(42.5,20.5) every 1:1:192:0:287:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(54.5,20.5) every 1:1:288:0:383:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(66.5,20.5) every 1:1:384:0:479:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(78.5,20.5) every 1:1:480:0:575:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(90.5,20.5) every 1:1:576:0:671:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(102.5,20.5) every 1:1:672:0:767:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(114.5,20.5) every 1:1:768:0:863:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(126.5,20.5) every 1:1:864:0:959:95 with rgbimage
  unset multiplot
  unset output
}
