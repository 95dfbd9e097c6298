# Drawn again by: gnuplot training-samples.gp (in this folder; writes training-samples.svg and training-samples.png, 1116 x 312 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'Training images of Fashion-MNIST, one of each class'
subtitle = 'above as read, below as augmented in epoch 1: flip(p=0.5) shift(padding=2, fill=0)'
above_0_0 = 'T-shirt/top'
below_0 = ''
above_1_0 = 'Trouser'
below_1 = ''
above_2_0 = 'Pullover'
below_2 = ''
above_3_0 = 'Dress'
below_3 = ''
above_4_0 = 'Coat'
below_4 = ''
above_5_0 = 'Sandal'
below_5 = ''
above_6_0 = 'Shirt'
below_6 = ''
above_7_0 = 'Sneaker'
below_7 = ''
above_8_0 = 'Bag'
below_8 = ''
above_9_0 = 'Ankle boot'
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
    set terminal svg size 1116,312 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 2232,624 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
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
  set yrange [0:312]
  set label title at 18,290 left font ',17'
  set label subtitle at 18,266 left textcolor rgb '#666666'
  set label above_0_0 at 18,233 left textcolor rgb '#222222'
  set label below_0 at 18,128 left font ',11' textcolor rgb '#777777'
  set object rectangle from 18,138 to 102,222 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_1_0 at 126,233 left textcolor rgb '#222222'
  set label below_1 at 126,128 left font ',11' textcolor rgb '#777777'
  set object rectangle from 126,138 to 210,222 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_2_0 at 234,233 left textcolor rgb '#222222'
  set label below_2 at 234,128 left font ',11' textcolor rgb '#777777'
  set object rectangle from 234,138 to 318,222 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_3_0 at 342,233 left textcolor rgb '#222222'
  set label below_3 at 342,128 left font ',11' textcolor rgb '#777777'
  set object rectangle from 342,138 to 426,222 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_4_0 at 450,233 left textcolor rgb '#222222'
  set label below_4 at 450,128 left font ',11' textcolor rgb '#777777'
  set object rectangle from 450,138 to 534,222 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_5_0 at 558,233 left textcolor rgb '#222222'
  set label below_5 at 558,128 left font ',11' textcolor rgb '#777777'
  set object rectangle from 558,138 to 642,222 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_6_0 at 666,233 left textcolor rgb '#222222'
  set label below_6 at 666,128 left font ',11' textcolor rgb '#777777'
  set object rectangle from 666,138 to 750,222 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_7_0 at 774,233 left textcolor rgb '#222222'
  set label below_7 at 774,128 left font ',11' textcolor rgb '#777777'
  set object rectangle from 774,138 to 858,222 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_8_0 at 882,233 left textcolor rgb '#222222'
  set label below_8 at 882,128 left font ',11' textcolor rgb '#777777'
  set object rectangle from 882,138 to 966,222 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_9_0 at 990,233 left textcolor rgb '#222222'
  set label below_9 at 990,128 left font ',11' textcolor rgb '#777777'
  set object rectangle from 990,138 to 1074,222 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_10_0 at 18,115 left textcolor rgb '#222222'
  set label below_10 at 18,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 18,20 to 102,104 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_11_0 at 126,115 left textcolor rgb '#222222'
  set label below_11 at 126,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 126,20 to 210,104 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_12_0 at 234,115 left textcolor rgb '#222222'
  set label below_12 at 234,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 234,20 to 318,104 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_13_0 at 342,115 left textcolor rgb '#222222'
  set label below_13 at 342,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 342,20 to 426,104 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_14_0 at 450,115 left textcolor rgb '#222222'
  set label below_14 at 450,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 450,20 to 534,104 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_15_0 at 558,115 left textcolor rgb '#222222'
  set label below_15 at 558,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 558,20 to 642,104 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_16_0 at 666,115 left textcolor rgb '#222222'
  set label below_16 at 666,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 666,20 to 750,104 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_17_0 at 774,115 left textcolor rgb '#222222'
  set label below_17 at 774,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 774,20 to 858,104 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_18_0 at 882,115 left textcolor rgb '#222222'
  set label below_18 at 882,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 882,20 to 966,104 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_19_0 at 990,115 left textcolor rgb '#222222'
  set label below_19 at 990,10 left font ',11' textcolor rgb '#777777'
  set object rectangle from 990,20 to 1074,104 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  plot 'training-samples-images.png' binary filetype=png origin=(18.5,138.5) every 1:1:0:0:83:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(42.5,138.5) every 1:1:84:0:167:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(66.5,138.5) every 1:1:168:0:251:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(90.5,138.5) every 1:1:252:0:335:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(114.5,138.5) every 1:1:336:0:419:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(138.5,138.5) every 1:1:420:0:503:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(162.5,138.5) every 1:1:504:0:587:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(186.5,138.5) every 1:1:588:0:671:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(210.5,138.5) every 1:1:672:0:755:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(234.5,138.5) every 1:1:756:0:839:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-821.5,20.5) every 1:1:840:0:923:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-797.5,20.5) every 1:1:924:0:1007:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-773.5,20.5) every 1:1:1008:0:1091:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-749.5,20.5) every 1:1:1092:0:1175:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-725.5,20.5) every 1:1:1176:0:1259:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-701.5,20.5) every 1:1:1260:0:1343:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-677.5,20.5) every 1:1:1344:0:1427:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-653.5,20.5) every 1:1:1428:0:1511:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-629.5,20.5) every 1:1:1512:0:1595:83 with rgbimage, \
    'training-samples-images.png' binary filetype=png origin=(-605.5,20.5) every 1:1:1596:0:1679:83 with rgbimage
  unset multiplot
  unset output
}
