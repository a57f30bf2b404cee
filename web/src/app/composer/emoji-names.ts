export type EmojiGroup = 'faces' | 'people' | 'nature' | 'food' | 'doing' | 'things' | 'signs';
export interface EmojiName {
  readonly emoji: string;
  readonly group: EmojiGroup;
  /** The first is the one that is shown. */
  readonly names: readonly string[];
}

/** An emoji, and its names with commas between; groups are the rows that people look for them in. */
const TABLE: Record<EmojiGroup, string> = {
  faces: `
    😀 grin,happy|😃 smile,smiley|😄 laugh|😁 beam|😅 sweat_smile,phew|😂 joy,tears|🤣 rofl|🙂 slight_smile
    |🙃 upside_down|😉 wink|😊 blush|😇 angel,innocent|🥰 adore|😍 heart_eyes|🤩 star_eyes,wow|😘 kiss
    |😋 yum|😛 tongue|😜 crazy|🤪 zany|🤗 hug|🤭 oops|🤫 shh,quiet|🤔 thinking,hmm|🤐 zipper|🤨 doubt
    |😐 neutral|😑 expressionless|😶 speechless|😏 smirk|😒 unamused|🙄 eye_roll|😬 grimace|😌 relieved
    |😔 pensive|😪 sleepy|😴 sleep,zzz|😷 mask|🤒 sick|🤕 hurt|🤢 nausea|🤮 vomit|🤧 sneeze|🥵 hot|🥶 cold
    |🥴 woozy|😵 dizzy|🤯 mind_blown|🤠 cowboy|🥳 party_face|😎 cool,sunglasses|🤓 nerd|🧐 monocle|😕 confused
    |😟 worried|🙁 frown|😮 open_mouth|😲 astonished|😳 flushed|🥺 please,pleading|😦 anguish|😨 fear
    |😰 anxious|😥 sad|😢 cry|😭 sob|😱 scream|😖 confounded|😞 disappointed|😓 sweat|😩 weary|😫 tired
    |🥱 yawn|😤 huff|😡 rage|😠 angry|🤬 swear|😈 devil|💀 skull|💩 poop|🤡 clown|👻 ghost|👽 alien|🤖 robot
    |😺 cat_smile|🙈 see_no_evil|🙉 hear_no_evil|🙊 speak_no_evil`,
  people: `
    👋 wave,hello,bye|✋ raised_hand,stop_hand|👌 ok_hand|🤏 pinch|✌️ victory,peace|🤞 fingers_crossed|🤟 love_you
    |🤘 rock|🤙 call_me|👈 point_left|👉 point_right|👆 point_up|👇 point_down|👍 thumbsup,like,yes,+1
    |👎 thumbsdown,dislike,no,-1|✊ fist|👊 punch|👏 clap,applause|🙌 hooray|👐 open_hands|🤲 palms
    |🤝 handshake,deal|🙏 pray,thanks|✍️ writing|💪 muscle,strong|🧠 brain|👀 eyes,look|👂 ear|👶 baby|🧒 child
    |👩 woman|👨 man|🧓 elder|🙋 raising_hand,me|🤦 facepalm|🤷 shrug|🙇 bow,sorry|💁 tipping_hand|🏃 run|🚶 walk
    |💃 dance|👫 couple|👪 family|🧑‍💻 coder,technologist|🧑‍🏫 teacher|🧑‍⚕️ doctor|🧑‍🍳 cook|👮 police|🕵️ detective`,
  nature: `
    🐶 dog|🐱 cat|🐭 mouse|🐹 hamster|🐰 rabbit|🦊 fox|🐻 bear|🐼 panda|🐨 koala|🐯 tiger|🦁 lion|🐮 cow|🐷 pig
    |🐸 frog|🐵 monkey|🐔 chicken|🐧 penguin|🐦 bird|🦆 duck|🦉 owl|🐺 wolf|🐴 horse|🦄 unicorn|🐝 bee|🐛 bug
    |🦋 butterfly|🐌 snail|🐢 turtle|🐍 snake|🐙 octopus|🐠 fish|🐬 dolphin|🐳 whale|🐘 elephant|🌵 cactus
    |🌲 tree|🌱 seedling|🍀 clover,luck|🍁 maple|🌹 rose|🌻 sunflower|🌸 blossom|💐 bouquet|🌍 earth|🌙 moon
    |⭐ star|🌟 glowing_star|✨ sparkles|⚡ zap,lightning|🔥 fire|🌈 rainbow|☀️ sun|☁️ cloud|🌧️ rain|❄️ snow
    |⛄ snowman|🌊 ocean,water_wave`,
  food: `
    🍎 apple|🍌 banana|🍇 grapes|🍓 strawberry|🍉 watermelon|🍑 peach|🍋 lemon|🥑 avocado|🍅 tomato|🥕 carrot
    |🌽 corn|🍞 bread|🧀 cheese|🥚 egg|🥓 bacon|🍔 burger|🍟 fries|🍕 pizza|🌭 hotdog|🥪 sandwich|🌮 taco|🥗 salad
    |🍜 noodles,ramen|🍚 rice|🍣 sushi|🍱 bento|🥟 dumpling|🍦 ice_cream|🍰 cake|🎂 birthday|🍪 cookie
    |🍫 chocolate|🍿 popcorn|🍩 donut|☕ coffee|🍵 tea|🥤 drink|🍺 beer|🍻 cheers|🍷 wine|🥂 toast_glasses|🍶 sake`,
  doing: `
    ⚽ football|🏀 basketball|⚾ baseball|🎾 tennis|🏐 volleyball|🏓 ping_pong|🥊 boxing|⛳ golf|🏊 swim|🚴 bike_ride
    |🏆 trophy|🥇 gold,first|🥈 silver|🥉 bronze|🎯 target,bullseye|🎮 game|🎲 dice|🧩 puzzle|🎨 art|🎤 sing
    |🎧 headphones|🎵 music|🎸 guitar|🎬 movie|🎉 tada,party,congrats|🎊 confetti|🎈 balloon|🎁 gift|🎄 christmas
    |🎃 halloween|🚗 car|🚌 bus|🚲 bike|✈️ plane|🚀 rocket,ship_it|🚢 ship|🚂 train|🏠 home|🏢 office|🏥 hospital
    |🏖️ beach|⛰️ mountain|🗺️ map`,
  things: `
    ⌚ watch|📱 phone|💻 laptop|⌨️ keyboard|🖥️ desktop|🖨️ printer|📷 camera|📹 video|📺 tv|☎️ telephone
    |🔋 battery|🔌 plug|💡 idea,bulb|🔦 flashlight|💰 money|💳 card|💎 gem|🔧 wrench|🔨 hammer|🔩 bolt|⚙️ gear
    |🧪 test_tube|💊 pill|🩹 bandage|🚪 door|🛒 cart|🔑 key|🔒 lock|🔓 unlock|📦 package,box|📫 mailbox|✉️ envelope
    |📧 email|📝 memo,note|📄 page|📅 calendar|📈 chart_up|📉 chart_down|📊 chart|📋 clipboard|📌 pin|📎 paperclip
    |📏 ruler|✂️ scissors|🗑️ trash|📁 folder|📚 books|🔖 bookmark|🔍 search,magnifier|⏰ alarm|⏳ hourglass
    |🔔 bell|📢 loudspeaker|🧹 broom,clean_up|🪣 bucket|🧯 extinguisher|🏗️ construction`,
  signs: `
    ❤️ heart,love|🧡 orange_heart|💛 yellow_heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🖤 black_heart
    |🤍 white_heart|💔 broken_heart|💕 hearts|💯 hundred,100|💥 boom|💦 splash|💤 snore|💬 speech|✅ done,check
    |☑️ checked|❌ cross,wrong|❗ exclamation|❓ question|⚠️ warning|🚫 forbidden|⛔ no_entry|🆗 ok|🆕 new|🆘 sos
    |🔴 red|🟠 orange|🟡 yellow|🟢 green|🔵 blue|🟣 purple|⚪ white|⚫ black|➕ plus|➖ minus|➡️ right|⬅️ left
    |⬆️ up|⬇️ down|🔄 again,refresh|♻️ recycle|🔁 repeat|⏸️ pause|▶️ play|⏹️ stop|🏁 finish|🚩 flag|🏳️‍🌈 rainbow_flag
    |🇰🇷 korea,kr|🇺🇸 usa,us|🇯🇵 japan,jp|🇨🇳 china,cn|🇪🇺 europe,eu|🇬🇧 uk,gb|🇩🇪 germany,de|🇫🇷 france,fr`,
};

export const EMOJI: readonly EmojiName[] = Object.entries(TABLE).flatMap(([group, table]) =>
  table.split('|').map((entry) => {
    const [emoji = '', names = ''] = entry.trim().split(' ');
    return { emoji, group: group as EmojiGroup, names: names.split(',') };
  }),
);
