# Drawn again by: gnuplot misclassified-layer-l1-0.gp (in this folder; writes misclassified-layer-l1-0.svg and misclassified-layer-l1-0.png, 986 x 492 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'layer (l1 = 0): misclassified test images of MNIST'
subtitle = '10 of 51 misses among 10000 test images, the surest first; seed 1, epoch 20, test accuracy 99.49 %'
above_0_0 = 'actual: 7 - seven'
above_0_1 = 'predicted: 1 - one'
below_0 = 'image 6576, p = 99.9 %'
above_1_0 = 'actual: 6 - six'
above_1_1 = 'predicted: 1 - one'
below_1 = 'image 9698, p = 99.6 %'
above_2_0 = 'actual: 5 - five'
above_2_1 = 'predicted: 6 - six'
below_2 = 'image 9729, p = 99.6 %'
above_3_0 = 'actual: 5 - five'
above_3_1 = 'predicted: 3 - three'
below_3 = 'image 2597, p = 99.5 %'
above_4_0 = 'actual: 4 - four'
above_4_1 = 'predicted: 9 - nine'
below_4 = 'image 2130, p = 99.3 %'
above_5_0 = 'actual: 6 - six'
above_5_1 = 'predicted: 1 - one'
below_5 = 'image 9679, p = 99.3 %'
above_6_0 = 'actual: 6 - six'
above_6_1 = 'predicted: 5 - five'
below_6 = 'image 6558, p = 99.0 %'
above_7_0 = 'actual: 8 - eight'
above_7_1 = 'predicted: 5 - five'
below_7 = 'image 8408, p = 98.9 %'
above_8_0 = 'actual: 2 - two'
above_8_1 = 'predicted: 0 - zero'
below_8 = 'image 2462, p = 97.9 %'
above_9_0 = 'actual: 9 - nine'
above_9_1 = 'predicted: 4 - four'
below_9 = 'image 1232, p = 95.9 %'
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 986,492 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 1972,984 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'misclassified-layer-l1-0.'.format
  set multiplot
  unset key
  set lmargin at screen 0
  set rmargin at screen 1
  set bmargin at screen 0
  set tmargin at screen 1
  unset border
  unset tics
  set xrange [0:986]
  set yrange [0:492]
  set label title at 18,470 left font ',17'
  set label subtitle at 18,446 left textcolor rgb '#666666'
  set label above_0_0 at 18,413 left textcolor rgb '#222222'
  set label above_0_1 at 18,397 left textcolor rgb '#a03c00'
  set label below_0 at 18,236 left font ',11' textcolor rgb '#777777'
  set object rectangle from 18,246 to 158,386 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_1_0 at 208,413 left textcolor rgb '#222222'
  set label above_1_1 at 208,397 left textcolor rgb '#a03c00'
  set label below_1 at 208,236 left font ',11' textcolor rgb '#777777'
  set object rectangle from 208,246 to 348,386 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_2_0 at 398,413 left textcolor rgb '#222222'
  set label above_2_1 at 398,397 left textcolor rgb '#a03c00'
  set label below_2 at 398,236 left font ',11' textcolor rgb '#777777'
  set object rectangle from 398,246 to 538,386 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_3_0 at 588,413 left textcolor rgb '#222222'
  set label above_3_1 at 588,397 left textcolor rgb '#a03c00'
  set label below_3 at 588,236 left font ',11' textcolor rgb '#777777'
  set object rectangle from 588,246 to 728,386 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_4_0 at 778,413 left textcolor rgb '#222222'
  set label above_4_1 at 778,397 left textcolor rgb '#a03c00'
  set label below_4 at 778,236 left font ',11' textcolor rgb '#777777'
  set object rectangle from 778,246 to 918,386 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_5_0 at 18,205 left textcolor rgb '#222222'
  set label above_5_1 at 18,189 left textcolor rgb '#a03c00'
  set label below_5 at 18,28 left font ',11' textcolor rgb '#777777'
  set object rectangle from 18,38 to 158,178 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_6_0 at 208,205 left textcolor rgb '#222222'
  set label above_6_1 at 208,189 left textcolor rgb '#a03c00'
  set label below_6 at 208,28 left font ',11' textcolor rgb '#777777'
  set object rectangle from 208,38 to 348,178 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_7_0 at 398,205 left textcolor rgb '#222222'
  set label above_7_1 at 398,189 left textcolor rgb '#a03c00'
  set label below_7 at 398,28 left font ',11' textcolor rgb '#777777'
  set object rectangle from 398,38 to 538,178 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_8_0 at 588,205 left textcolor rgb '#222222'
  set label above_8_1 at 588,189 left textcolor rgb '#a03c00'
  set label below_8 at 588,28 left font ',11' textcolor rgb '#777777'
  set object rectangle from 588,38 to 728,178 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_9_0 at 778,205 left textcolor rgb '#222222'
  set label above_9_1 at 778,189 left textcolor rgb '#a03c00'
  set label below_9 at 778,28 left font ',11' textcolor rgb '#777777'
  set object rectangle from 778,38 to 918,178 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  plot 'misclassified-layer-l1-0-images.png' binary filetype=png origin=(18.5,246.5) every 1:1:0:0:139:139 with rgbimage, \
    'misclassified-layer-l1-0-images.png' binary filetype=png origin=(68.5,246.5) every 1:1:140:0:279:139 with rgbimage, \
    'misclassified-layer-l1-0-images.png' binary filetype=png origin=(118.5,246.5) every 1:1:280:0:419:139 with rgbimage, \
    'misclassified-layer-l1-0-images.png' binary filetype=png origin=(168.5,246.5) every 1:1:420:0:559:139 with rgbimage, \
    'misclassified-layer-l1-0-images.png' binary filetype=png origin=(218.5,246.5) every 1:1:560:0:699:139 with rgbimage, \
    'misclassified-layer-l1-0-images.png' binary filetype=png origin=(-681.5,38.5) every 1:1:700:0:839:139 with rgbimage, \
    'misclassified-layer-l1-0-images.png' binary filetype=png origin=(-631.5,38.5) every 1:1:840:0:979:139 with rgbimage, \
    'misclassified-layer-l1-0-images.png' binary filetype=png origin=(-581.5,38.5) every 1:1:980:0:1119:139 with rgbimage, \
    'misclassified-layer-l1-0-images.png' binary filetype=png origin=(-531.5,38.5) every 1:1:1120:0:1259:139 with rgbimage, \
    'misclassified-layer-l1-0-images.png' binary filetype=png origin=(-481.5,38.5) every 1:1:1260:0:1399:139 with rgbimage
  unset multiplot
  unset output
}
