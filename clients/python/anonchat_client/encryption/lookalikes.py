"""Characters that the eye takes for others, from Unicode's confusables.

On each line the letter or digit, and what looks like it. Of a capital and its small letter one is here, unless they
look like two. i, l, I, 1 and | are one in most fonts, as are o and 0. The page has the same:
frontend/state/lookalikes.js.
"""

LOOK_ALIKES = """\
2ƧϨᒿꙄꛯꝚ
3ƷȜЗӠⳌꝪꞫ𑣊𖼻
4Ꮞ𑢯
5Ƽ𑢻
6бᏮⳒ𑣕
7𐓒𑣆
8ȣ৪੪𐌚
9৭੧୨൭ⳊꝮ𑣌𑣖
aɑαаᎪᗅᗩᴀꓮ𐊠𖽀
bƄʙβвьᏏᏴᑲᖯᗷꓐꞴ𐊂𐊡𐌁
cсᑕᴄⲥꓚꮯ𐊢𐌂𐐽𐔜𑣩𑣲
dԁᎠᏧᑯᗞᗪᴅꓒꓓ
eεеҽᎬᕮᴇⴹꓰꬲ𐊆𑢦𑢮
fϜքᖴẝꓝꜰꞙꬵ𐊇𐊥𐔥𑣂
gƍɡɢԌցᏀᏳᶃꓖ
hʜΗнһհᎻᏂᕼⲎꓧ𐋏
jȷϳјյᎫᒍᴊꓙꞲ
kκкᏦᛕᴋⲔꓗ𐔘
l1il|ıǀɩɪʟιіӏוןا١۱ߊᏞᒪᛁⲒⳐⵏꓡꓲꙇꭵ𐊊𐌉𐌠𐐛𐔦𑢲𑣃𖼖𖼨
mΜϺмᎷᗰᛖᴍⲘꓟ𐊰𐌑
nɴΝηпոռᑎⲚꓠ𐔓
o0οσоօסه٥ھہە۵߀०০੦૦ଠ୦௦౦೦ഠ൦๐໐ဝ၀ჿዐᴏᴑⲟⵔ〇ꓳꬽ𐊒𐊫𐐬𐓪𐔖𑓐𑢵𑣈𑣗𑣠
pρрᏢᑭᴘⲣꓑ𐊕
qԛգզᑫⵕ
rʀгᎡᏒᖇᴦⲅꓣꭇꭈꮁ𐒴𖼵
s$ƽѕՏᏕᔕꓢꜱꮪ𐊖𐑈𑣁𖼺
tτтᎢᴛⲦꓔ𐊗𐊱𐌕𑢼𖼊
uʋυսሀᑌᴜꓴꞟꭎꭒ𐓶𑣘𖽂
vνѵט٧۷ᐯᴠⴸꓦꛟꮩ𐔝𑜆𑣀𖼈
wɯωѡԝաᏔᗯᴡꓪꮃ𑜊𑜎𑜏𑣦𑣯
xχхᕁᕽᚷⲬⵝꓫꞳ𐊐𐊴𐌗𐌢𐔧𑣬
yɣʏΥγуүყᎩᎽᶌỿⲨꓬꭚ𐊲𑢤𑣜𖽃
zζᘔᴢꓜꮓ𐋵𑢩𑣄𑣥"""
