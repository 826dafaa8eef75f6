// What the eye takes for letters and digits, from Unicode's confusables: on each line one, and what looks like it. Of a capital
// and its small letter one is here, unless they look like two. i, l, I, 1 and | are one in most fonts, as are o and 0. Not here
// are scripts that hardly any device shows: Ahom, Bamum, Deseret, Elbasan, Miao, Osage, Tirhuta, Warang Citi.
// The Python client has the same: clients/python/anonchat_client/encryption/lookalikes.py.

export const LOOK_ALIKES = `2ƧϨᒿꙄꝚ
3ƷȜЗӠⳌꝪꞫ
4Ꮞ
5Ƽ
6бᏮⳒ
8ȣ৪੪𐌚
9৭੧୨൭ⳊꝮ
aɑαаᎪᗅᗩᴀꓮ𐊠
bƄʙβвьᏏᏴᑲᖯᗷꓐꞴ𐊂𐊡𐌁
cсᑕᴄⲥꓚꮯ𐊢𐌂
dԁᎠᏧᑯᗞᗪᴅꓒꓓ
eεеҽᎬᕮᴇⴹꓰꬲ𐊆
fϜքᖴẝꓝꜰꞙꬵ𐊇𐊥
gƍɡɢԌցᏀᏳᶃꓖ
hʜΗнһհᎻᏂᕼⲎꓧ𐋏
jȷϳјյᎫᒍᴊꓙꞲ
kκкᏦᛕᴋⲔꓗ
l1il|ıǀɩɪʟιіӏוןا١۱ߊᏞᒪᛁⲒⳐⵏꓡꓲꙇꭵ𐊊𐌉𐌠
mΜϺмᎷᗰᛖᴍⲘꓟ𐊰𐌑
nɴΝηпոռᑎⲚꓠ
o0οσоօסه٥ھہە۵߀०০੦૦ଠ୦௦౦೦ഠ൦๐໐ဝ၀ჿዐᴏᴑⲟⵔ〇ꓳꬽ𐊒𐊫
pρрᏢᑭᴘⲣꓑ𐊕
qԛգզᑫⵕ
rʀгᎡᏒᖇᴦⲅꓣꭇꭈꮁ
s$ƽѕՏᏕᔕꓢꜱꮪ𐊖
tτтᎢᴛⲦꓔ𐊗𐊱𐌕
uʋυսሀᑌᴜꓴꞟꭎꭒ
vνѵט٧۷ᐯᴠⴸꓦꮩ
wɯωѡԝաᏔᗯᴡꓪꮃ
xχхᕁᕽᚷⲬⵝꓫꞳ𐊐𐊴𐌗𐌢
yɣʏΥγуүყᎩᎽᶌỿⲨꓬꭚ𐊲
zζᘔᴢꓜꮓ𐋵`;
