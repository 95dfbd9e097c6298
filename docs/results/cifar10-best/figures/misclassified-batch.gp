# Drawn again by: gnuplot misclassified-batch.gp (in this folder; writes misclassified-batch.svg and misclassified-batch.png, 986 x 468 and
# twice that). Change what you like.
set encoding utf8
set datafile separator ','
title = 'batch: misclassified test images of CIFAR-10'
subtitle = '10 of 1583 misses among 10000 test images, the surest first; seed 1, epoch 20, test accuracy 84.17 %'
above_0_0 = 'actual: airplane'
above_0_1 = 'predicted: ship'
below_0 = 'image 422, p = 99.2 %'
above_1_0 = 'actual: dog'
above_1_1 = 'predicted: deer'
below_1 = 'image 5642, p = 99.0 %'
above_2_0 = 'actual: cat'
above_2_1 = 'predicted: frog'
below_2 = 'image 5511, p = 98.5 %'
above_3_0 = 'actual: dog'
above_3_1 = 'predicted: deer'
below_3 = 'image 4139, p = 98.4 %'
above_4_0 = 'actual: truck'
above_4_1 = 'predicted: automobile'
below_4 = 'image 3450, p = 98.3 %'
above_5_0 = 'actual: bird'
above_5_1 = 'predicted: frog'
below_5 = 'image 2226, p = 98.3 %'
above_6_0 = 'actual: cat'
above_6_1 = 'predicted: dog'
below_6 = 'image 2044, p = 97.7 %'
above_7_0 = 'actual: deer'
above_7_1 = 'predicted: dog'
below_7 = 'image 4112, p = 97.7 %'
above_8_0 = 'actual: cat'
above_8_1 = 'predicted: airplane'
below_8 = 'image 2940, p = 97.6 %'
above_9_0 = 'actual: cat'
above_9_1 = 'predicted: bird'
below_9 = 'image 3607, p = 97.4 %'
do for [format in 'svg png'] {
  if (format eq 'svg') {
    set terminal svg size 986,468 dynamic standalone noenhanced font 'sans-serif,13' background rgb 'white'
  } else {
    set terminal pngcairo size 1972,936 noenhanced font 'sans-serif,13' fontscale 1.5 linewidth 2 pointscale 2 background rgb 'white'
  }
  set output 'misclassified-batch.'.format
  set multiplot
  unset key
  set lmargin at screen 0
  set rmargin at screen 1
  set bmargin at screen 0
  set tmargin at screen 1
  unset border
  unset tics
  set xrange [0:986]
  set yrange [0:468]
  set label title at 18,446 left font ',17'
  set label subtitle at 18,422 left textcolor rgb '#666666'
  set label above_0_0 at 18,389 left textcolor rgb '#222222'
  set label above_0_1 at 18,373 left textcolor rgb '#a03c00'
  set label below_0 at 18,224 left font ',11' textcolor rgb '#777777'
  set object rectangle from 18,234 to 146,362 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_1_0 at 208,389 left textcolor rgb '#222222'
  set label above_1_1 at 208,373 left textcolor rgb '#a03c00'
  set label below_1 at 208,224 left font ',11' textcolor rgb '#777777'
  set object rectangle from 208,234 to 336,362 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_2_0 at 398,389 left textcolor rgb '#222222'
  set label above_2_1 at 398,373 left textcolor rgb '#a03c00'
  set label below_2 at 398,224 left font ',11' textcolor rgb '#777777'
  set object rectangle from 398,234 to 526,362 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_3_0 at 588,389 left textcolor rgb '#222222'
  set label above_3_1 at 588,373 left textcolor rgb '#a03c00'
  set label below_3 at 588,224 left font ',11' textcolor rgb '#777777'
  set object rectangle from 588,234 to 716,362 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_4_0 at 778,389 left textcolor rgb '#222222'
  set label above_4_1 at 778,373 left textcolor rgb '#a03c00'
  set label below_4 at 778,224 left font ',11' textcolor rgb '#777777'
  set object rectangle from 778,234 to 906,362 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_5_0 at 18,193 left textcolor rgb '#222222'
  set label above_5_1 at 18,177 left textcolor rgb '#a03c00'
  set label below_5 at 18,28 left font ',11' textcolor rgb '#777777'
  set object rectangle from 18,38 to 146,166 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_6_0 at 208,193 left textcolor rgb '#222222'
  set label above_6_1 at 208,177 left textcolor rgb '#a03c00'
  set label below_6 at 208,28 left font ',11' textcolor rgb '#777777'
  set object rectangle from 208,38 to 336,166 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_7_0 at 398,193 left textcolor rgb '#222222'
  set label above_7_1 at 398,177 left textcolor rgb '#a03c00'
  set label below_7 at 398,28 left font ',11' textcolor rgb '#777777'
  set object rectangle from 398,38 to 526,166 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_8_0 at 588,193 left textcolor rgb '#222222'
  set label above_8_1 at 588,177 left textcolor rgb '#a03c00'
  set label below_8 at 588,28 left font ',11' textcolor rgb '#777777'
  set object rectangle from 588,38 to 716,166 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  set label above_9_0 at 778,193 left textcolor rgb '#222222'
  set label above_9_1 at 778,177 left textcolor rgb '#a03c00'
  set label below_9 at 778,28 left font ',11' textcolor rgb '#777777'
  set object rectangle from 778,38 to 906,166 front fillstyle empty border linecolor rgb '#999999' linewidth 0.5
  plot 'misclassified-batch-images.png' binary filetype=png origin=(18.5,234.5) every 1:1:0:0:127:127 with rgbimage, \
    'misclassified-batch-images.png' binary filetype=png origin=(80.5,234.5) every 1:1:128:0:255:127 with rgbimage, \
    'misclassified-batch-images.png' binary filetype=png origin=(142.5,234.5) every 1:1:256:0:383:127 with rgbimage, \
    'misclassified-batch-images.png' binary filetype=png origin=(204.5,234.5) every 1:1:384:0:511:127 with rgbimage, \
    'misclassified-batch-images.png' binary filetype=png origin=(266.5,234.5) every 1:1:512:0:639:127 with rgbimage, \
    'misclassified-batch-images.png' binary filetype=png origin=(-621.5,38.5) every 1:1:640:0:767:127 with rgbimage, \
    'misclassified-batch-images.png' binary filetype=png origin=(-559.5,38.5) every 1:1:768:0:895:127 with rgbimage, \
    'misclassified-batch-images.png' binary filetype=png origin=(-497.5,38.5) every 1:1:896:0:1023:127 with rgbimage, \
    'misclassified-batch-images.png' binary filetype=png origin=(-435.5,38.5) every 1:1:1024:0:1151:127 with rgbimage, \
    'misclassified-batch-images.png' binary filetype=png origin=(-373.5,38.5) every 1:1:1152:0:1279:127 with rgbimage
  unset multiplot
  unset output
}
