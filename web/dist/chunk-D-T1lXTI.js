var i=Object.entries({faces:`
    \u{1F600} grin,happy|\u{1F603} smile,smiley|\u{1F604} laugh|\u{1F601} beam|\u{1F605} sweat_smile,phew|\u{1F602} joy,tears|\u{1F923} rofl|\u{1F642} slight_smile
    |\u{1F643} upside_down|\u{1F609} wink|\u{1F60A} blush|\u{1F607} angel,innocent|\u{1F970} adore|\u{1F60D} heart_eyes|\u{1F929} star_eyes,wow|\u{1F618} kiss
    |\u{1F60B} yum|\u{1F61B} tongue|\u{1F61C} crazy|\u{1F92A} zany|\u{1F917} hug|\u{1F92D} oops|\u{1F92B} shh,quiet|\u{1F914} thinking,hmm|\u{1F910} zipper|\u{1F928} doubt
    |\u{1F610} neutral|\u{1F611} expressionless|\u{1F636} speechless|\u{1F60F} smirk|\u{1F612} unamused|\u{1F644} eye_roll|\u{1F62C} grimace|\u{1F60C} relieved
    |\u{1F614} pensive|\u{1F62A} sleepy|\u{1F634} sleep,zzz|\u{1F637} mask|\u{1F912} sick|\u{1F915} hurt|\u{1F922} nausea|\u{1F92E} vomit|\u{1F927} sneeze|\u{1F975} hot|\u{1F976} cold
    |\u{1F974} woozy|\u{1F635} dizzy|\u{1F92F} mind_blown|\u{1F920} cowboy|\u{1F973} party_face|\u{1F60E} cool,sunglasses|\u{1F913} nerd|\u{1F9D0} monocle|\u{1F615} confused
    |\u{1F61F} worried|\u{1F641} frown|\u{1F62E} open_mouth|\u{1F632} astonished|\u{1F633} flushed|\u{1F97A} please,pleading|\u{1F626} anguish|\u{1F628} fear
    |\u{1F630} anxious|\u{1F625} sad|\u{1F622} cry|\u{1F62D} sob|\u{1F631} scream|\u{1F616} confounded|\u{1F61E} disappointed|\u{1F613} sweat|\u{1F629} weary|\u{1F62B} tired
    |\u{1F971} yawn|\u{1F624} huff|\u{1F621} rage|\u{1F620} angry|\u{1F92C} swear|\u{1F608} devil|\u{1F480} skull|\u{1F4A9} poop|\u{1F921} clown|\u{1F47B} ghost|\u{1F47D} alien|\u{1F916} robot
    |\u{1F63A} cat_smile|\u{1F648} see_no_evil|\u{1F649} hear_no_evil|\u{1F64A} speak_no_evil`,people:`
    \u{1F44B} wave,hello,bye|\u270B raised_hand,stop_hand|\u{1F44C} ok_hand|\u{1F90F} pinch|\u270C\uFE0F victory,peace|\u{1F91E} fingers_crossed|\u{1F91F} love_you
    |\u{1F918} rock|\u{1F919} call_me|\u{1F448} point_left|\u{1F449} point_right|\u{1F446} point_up|\u{1F447} point_down|\u{1F44D} thumbsup,like,yes,+1
    |\u{1F44E} thumbsdown,dislike,no,-1|\u270A fist|\u{1F44A} punch|\u{1F44F} clap,applause|\u{1F64C} hooray|\u{1F450} open_hands|\u{1F932} palms
    |\u{1F91D} handshake,deal|\u{1F64F} pray,thanks|\u270D\uFE0F writing|\u{1F4AA} muscle,strong|\u{1F9E0} brain|\u{1F440} eyes,look|\u{1F442} ear|\u{1F476} baby|\u{1F9D2} child
    |\u{1F469} woman|\u{1F468} man|\u{1F9D3} elder|\u{1F64B} raising_hand,me|\u{1F926} facepalm|\u{1F937} shrug|\u{1F647} bow,sorry|\u{1F481} tipping_hand|\u{1F3C3} run|\u{1F6B6} walk
    |\u{1F483} dance|\u{1F46B} couple|\u{1F46A} family|\u{1F9D1}\u200D\u{1F4BB} coder,technologist|\u{1F9D1}\u200D\u{1F3EB} teacher|\u{1F9D1}\u200D\u2695\uFE0F doctor|\u{1F9D1}\u200D\u{1F373} cook|\u{1F46E} police|\u{1F575}\uFE0F detective`,nature:`
    \u{1F436} dog|\u{1F431} cat|\u{1F42D} mouse|\u{1F439} hamster|\u{1F430} rabbit|\u{1F98A} fox|\u{1F43B} bear|\u{1F43C} panda|\u{1F428} koala|\u{1F42F} tiger|\u{1F981} lion|\u{1F42E} cow|\u{1F437} pig
    |\u{1F438} frog|\u{1F435} monkey|\u{1F414} chicken|\u{1F427} penguin|\u{1F426} bird|\u{1F986} duck|\u{1F989} owl|\u{1F43A} wolf|\u{1F434} horse|\u{1F984} unicorn|\u{1F41D} bee|\u{1F41B} bug
    |\u{1F98B} butterfly|\u{1F40C} snail|\u{1F422} turtle|\u{1F40D} snake|\u{1F419} octopus|\u{1F420} fish|\u{1F42C} dolphin|\u{1F433} whale|\u{1F418} elephant|\u{1F335} cactus
    |\u{1F332} tree|\u{1F331} seedling|\u{1F340} clover,luck|\u{1F341} maple|\u{1F339} rose|\u{1F33B} sunflower|\u{1F338} blossom|\u{1F490} bouquet|\u{1F30D} earth|\u{1F319} moon
    |\u2B50 star|\u{1F31F} glowing_star|\u2728 sparkles|\u26A1 zap,lightning|\u{1F525} fire|\u{1F308} rainbow|\u2600\uFE0F sun|\u2601\uFE0F cloud|\u{1F327}\uFE0F rain|\u2744\uFE0F snow
    |\u26C4 snowman|\u{1F30A} ocean,water_wave`,food:`
    \u{1F34E} apple|\u{1F34C} banana|\u{1F347} grapes|\u{1F353} strawberry|\u{1F349} watermelon|\u{1F351} peach|\u{1F34B} lemon|\u{1F951} avocado|\u{1F345} tomato|\u{1F955} carrot
    |\u{1F33D} corn|\u{1F35E} bread|\u{1F9C0} cheese|\u{1F95A} egg|\u{1F953} bacon|\u{1F354} burger|\u{1F35F} fries|\u{1F355} pizza|\u{1F32D} hotdog|\u{1F96A} sandwich|\u{1F32E} taco|\u{1F957} salad
    |\u{1F35C} noodles,ramen|\u{1F35A} rice|\u{1F363} sushi|\u{1F371} bento|\u{1F95F} dumpling|\u{1F366} ice_cream|\u{1F370} cake|\u{1F382} birthday|\u{1F36A} cookie
    |\u{1F36B} chocolate|\u{1F37F} popcorn|\u{1F369} donut|\u2615 coffee|\u{1F375} tea|\u{1F964} drink|\u{1F37A} beer|\u{1F37B} cheers|\u{1F377} wine|\u{1F942} toast_glasses|\u{1F376} sake`,doing:`
    \u26BD football|\u{1F3C0} basketball|\u26BE baseball|\u{1F3BE} tennis|\u{1F3D0} volleyball|\u{1F3D3} ping_pong|\u{1F94A} boxing|\u26F3 golf|\u{1F3CA} swim|\u{1F6B4} bike_ride
    |\u{1F3C6} trophy|\u{1F947} gold,first|\u{1F948} silver|\u{1F949} bronze|\u{1F3AF} target,bullseye|\u{1F3AE} game|\u{1F3B2} dice|\u{1F9E9} puzzle|\u{1F3A8} art|\u{1F3A4} sing
    |\u{1F3A7} headphones|\u{1F3B5} music|\u{1F3B8} guitar|\u{1F3AC} movie|\u{1F389} tada,party,congrats|\u{1F38A} confetti|\u{1F388} balloon|\u{1F381} gift|\u{1F384} christmas
    |\u{1F383} halloween|\u{1F697} car|\u{1F68C} bus|\u{1F6B2} bike|\u2708\uFE0F plane|\u{1F680} rocket,ship_it|\u{1F6A2} ship|\u{1F682} train|\u{1F3E0} home|\u{1F3E2} office|\u{1F3E5} hospital
    |\u{1F3D6}\uFE0F beach|\u26F0\uFE0F mountain|\u{1F5FA}\uFE0F map`,things:`
    \u231A watch|\u{1F4F1} phone|\u{1F4BB} laptop|\u2328\uFE0F keyboard|\u{1F5A5}\uFE0F desktop|\u{1F5A8}\uFE0F printer|\u{1F4F7} camera|\u{1F4F9} video|\u{1F4FA} tv|\u260E\uFE0F telephone
    |\u{1F50B} battery|\u{1F50C} plug|\u{1F4A1} idea,bulb|\u{1F526} flashlight|\u{1F4B0} money|\u{1F4B3} card|\u{1F48E} gem|\u{1F527} wrench|\u{1F528} hammer|\u{1F529} bolt|\u2699\uFE0F gear
    |\u{1F9EA} test_tube|\u{1F48A} pill|\u{1FA79} bandage|\u{1F6AA} door|\u{1F6D2} cart|\u{1F511} key|\u{1F512} lock|\u{1F513} unlock|\u{1F4E6} package,box|\u{1F4EB} mailbox|\u2709\uFE0F envelope
    |\u{1F4E7} email|\u{1F4DD} memo,note|\u{1F4C4} page|\u{1F4C5} calendar|\u{1F4C8} chart_up|\u{1F4C9} chart_down|\u{1F4CA} chart|\u{1F4CB} clipboard|\u{1F4CC} pin|\u{1F4CE} paperclip
    |\u{1F4CF} ruler|\u2702\uFE0F scissors|\u{1F5D1}\uFE0F trash|\u{1F4C1} folder|\u{1F4DA} books|\u{1F516} bookmark|\u{1F50D} search,magnifier|\u23F0 alarm|\u23F3 hourglass
    |\u{1F514} bell|\u{1F4E2} loudspeaker|\u{1F9F9} broom,clean_up|\u{1FAA3} bucket|\u{1F9EF} extinguisher|\u{1F3D7}\uFE0F construction`,signs:`
    \u2764\uFE0F heart,love|\u{1F9E1} orange_heart|\u{1F49B} yellow_heart|\u{1F49A} green_heart|\u{1F499} blue_heart|\u{1F49C} purple_heart|\u{1F5A4} black_heart
    |\u{1F90D} white_heart|\u{1F494} broken_heart|\u{1F495} hearts|\u{1F4AF} hundred,100|\u{1F4A5} boom|\u{1F4A6} splash|\u{1F4A4} snore|\u{1F4AC} speech|\u2705 done,check
    |\u2611\uFE0F checked|\u274C cross,wrong|\u2757 exclamation|\u2753 question|\u26A0\uFE0F warning|\u{1F6AB} forbidden|\u26D4 no_entry|\u{1F197} ok|\u{1F195} new|\u{1F198} sos
    |\u{1F534} red|\u{1F7E0} orange|\u{1F7E1} yellow|\u{1F7E2} green|\u{1F535} blue|\u{1F7E3} purple|\u26AA white|\u26AB black|\u2795 plus|\u2796 minus|\u27A1\uFE0F right|\u2B05\uFE0F left
    |\u2B06\uFE0F up|\u2B07\uFE0F down|\u{1F504} again,refresh|\u267B\uFE0F recycle|\u{1F501} repeat|\u23F8\uFE0F pause|\u25B6\uFE0F play|\u23F9\uFE0F stop|\u{1F3C1} finish|\u{1F6A9} flag|\u{1F3F3}\uFE0F\u200D\u{1F308} rainbow_flag
    |\u{1F1F0}\u{1F1F7} korea,kr|\u{1F1FA}\u{1F1F8} usa,us|\u{1F1EF}\u{1F1F5} japan,jp|\u{1F1E8}\u{1F1F3} china,cn|\u{1F1EA}\u{1F1FA} europe,eu|\u{1F1EC}\u{1F1E7} uk,gb|\u{1F1E9}\u{1F1EA} germany,de|\u{1F1EB}\u{1F1F7} france,fr`}).flatMap(([e,o])=>o.split(`|`).map(a=>{let[r=``,n=``]=a.trim().split(` `);return{emoji:r,group:e,names:n.split(`,`)}}));export{i as t};