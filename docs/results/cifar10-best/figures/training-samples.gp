# Drawn again by: gnuplot training-samples.gp (in this folder; writes training-samples.svg and training-samples.png, 1116 x 336 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'Training images of CIFAR-10, one of each class'
subtitle = 'above as read, below as augmented in epoch 1: flip_in_turns() shift(padding=2, mode=reflect)'
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
above_10_0 = 'augmented'
below_10 = ''
above_11_0 = 'augmented'
below_11 = ''
above_12_0 = 'augmented'
below_12 = ''
above_13_0 = 'augmented'
below_13 = ''
above_14_0 = 'augmented'
below_14 = ''
above_15_0 = 'augmented'
below_15 = ''
above_16_0 = 'augmented'
below_16 = ''
above_17_0 = 'augmented'
below_17 = ''
above_18_0 = 'augmented'
below_18 = ''
above_19_0 = 'augmented'
below_19 = ''
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 1116,336 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 2232,672 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
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
  set yrange [0:336]
  set label title at 18,314 left font ',17'
  set label subtitle at 18,290 left textcolor rgb '#666666'
  set label above_0_0 at 18,257 left textcolor rgb '#222222'
  set label below_0 at 18,140 left font ',11' textcolor rgb '#777777'
  set object rectangle from 18,150 to 114,246 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_1_0 at 126,257 left textcolor rgb '#222222'
  set label below_1 at 126,140 left font ',11' textcolor rgb '#777777'
  set object rectangle from 126,150 to 222,246 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_2_0 at 234,257 left textcolor rgb '#222222'
  set label below_2 at 234,140 left font ',11' textcolor rgb '#777777'
  set object rectangle from 234,150 to 330,246 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_3_0 at 342,257 left textcolor rgb '#222222'
  set label below_3 at 342,140 left font ',11' textcolor rgb '#777777'
  set object rectangle from 342,150 to 438,246 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_4_0 at 450,257 left textcolor rgb '#222222'
  set label below_4 at 450,140 left font ',11' textcolor rgb '#777777'
  set object rectangle from 450,150 to 546,246 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_5_0 at 558,257 left textcolor rgb '#222222'
  set label below_5 at 558,140 left font ',11' textcolor rgb '#777777'
  set object rectangle from 558,150 to 654,246 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_6_0 at 666,257 left textcolor rgb '#222222'
  set label below_6 at 666,140 left font ',11' textcolor rgb '#777777'
  set object rectangle from 666,150 to 762,246 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_7_0 at 774,257 left textcolor rgb '#222222'
  set label below_7 at 774,140 left font ',11' textcolor rgb '#777777'
  set object rectangle from 774,150 to 870,246 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_8_0 at 882,257 left textcolor rgb '#222222'
  set label below_8 at 882,140 left font ',11' textcolor rgb '#777777'
  set object rectangle from 882,150 to 978,246 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_9_0 at 990,257 left textcolor rgb '#222222'
  set label below_9 at 990,140 left font ',11' textcolor rgb '#777777'
  set object rectangle from 990,150 to 1086,246 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_10_0 at 18,127 left textcolor rgb '#222222'
  set label below_10 at 18,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 18,20 to 114,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_11_0 at 126,127 left textcolor rgb '#222222'
  set label below_11 at 126,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 126,20 to 222,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_12_0 at 234,127 left textcolor rgb '#222222'
  set label below_12 at 234,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 234,20 to 330,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_13_0 at 342,127 left textcolor rgb '#222222'
  set label below_13 at 342,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 342,20 to 438,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_14_0 at 450,127 left textcolor rgb '#222222'
  set label below_14 at 450,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 450,20 to 546,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_15_0 at 558,127 left textcolor rgb '#222222'
  set label below_15 at 558,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 558,20 to 654,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_16_0 at 666,127 left textcolor rgb '#222222'
  set label below_16 at 666,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 666,20 to 762,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_17_0 at 774,127 left textcolor rgb '#222222'
  set label below_17 at 774,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 774,20 to 870,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_18_0 at 882,127 left textcolor rgb '#222222'
  set label below_18 at 882,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 882,20 to 978,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_19_0 at 990,127 left textcolor rgb '#222222'
  set label below_19 at 990,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 990,20 to 1086,116 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  plot 'training-samples-images.png' binary filetype=png origin=(18.5,150.5) every 1:1:0:0:95:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(30.5,150.5) every 1:1:96:0:191:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(42.5,150.5) every 1:1:192:0:287:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(54.5,150.5) every 1:1:288:0:383:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(66.5,150.5) every 1:1:384:0:479:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(78.5,150.5) every 1:1:480:0:575:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(90.5,150.5) every 1:1:576:0:671:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(102.5,150.5) every 1:1:672:0:767:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(114.5,150.5) every 1:1:768:0:863:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(126.5,150.5) every 1:1:864:0:959:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-941.5,20.5) every 1:1:960:0:1055:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-929.5,20.5) every 1:1:1056:0:1151:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-917.5,20.5) every 1:1:1152:0:1247:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-905.5,20.5) every 1:1:1248:0:1343:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-893.5,20.5) every 1:1:1344:0:1439:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-881.5,20.5) every 1:1:1440:0:1535:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-869.5,20.5) every 1:1:1536:0:1631:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-857.5,20.5) every 1:1:1632:0:1727:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-845.5,20.5) every 1:1:1728:0:1823:95 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-833.5,20.5) every 1:1:1824:0:1919:95 with rgbimage
  unset multiplot
  unset output
}
