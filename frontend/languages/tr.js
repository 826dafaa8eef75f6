// Turkish. Translated by machine, not yet read by a speaker. CONTRIBUTING.md says how to mend it.

export default {
  // index.html: before there is anything else
  broken:
    "Bu sayfanın bir bölümü gelmedi, bu tarayıcıya ya da önceki bir sürümün burada bıraktıklarına uymuyor. Lütfen bir dakika sonra yeniden yükleyin; işe yaramazsa başka bir ağ veya daha yeni bir tarayıcı deneyin.",
  "broken-again": "Yeniden yükle",
  "broken-afresh": "Bu cihazdaki her şeyi unut ve baştan başla",
  unsafe: "Bu adreste sohbet etmek güvenli değil",
  "unsafe-reason":
    "Tarayıcınız yazdıklarınızı şifreler ve bunu yalnızca {1} adreslerinde yapar. Bu olmadan sayfa her şeyi açıkça göndermek zorunda kalırdı, bu yüzden başlamıyor.",
  "unsafe-way": "Bunun yerine şunu açın: {1}",
  framed: "Herhangi birine ait olabilecek ve sizi tıklamaya kandırabilecek başka bir sayfanın içinde gösteriliyor.",
  "newer-version": "Bu sayfanın yeni bir sürümü var.",
  "newer-load": "Yükle",

  // the landing page
  slogan: "Oda açın. Bağlantısını paylaşın. Konuşun.",
  invited: "Davet edildiğiniz oda: {1}",
  "your-name": "Adınız",
  "another-name": "Başka ad",
  "new-room": "Yeni oda",
  "another-room": "Başka oda",
  or: "ya da",
  "room-name": "Oda adı",
  "room-name-example": "çay köşesi",
  enter: "Odaya gir",
  "enter-as": "{name} adıyla gir",
  "name-hint": "Adı tahmin eden herkes okuyabilir. Özel bir oda için “Yeni oda”yı kullanın.",
  remember: "Bu odayı bu cihazda hatırla",
  recent: "Bu cihazdaki odalar",
  forget: "Unut",
  "forget-room-named": "Unut: {room}",
  "forget-sure": "Unutulsun mu?",
  "forget-everything": "Bu cihazdaki her şeyi unut",
  "forget-question": "Adlar, bağlantılarıyla odalar ve gönderilmemiş mesajlar unutulsun mu?",
  keep: "Kalsın",
  "forget-now": "Her şeyi unut",
  language: "Dil",
  "language-not-come": "Bu dil gelmedi. Lütfen daha sonra yeniden deneyin.",
  mend: "Makine çevirisi; dili konuşan kimse henüz okumadı. Bir şey yanlış mı? Bu sohbetin kaynaklarındaki CONTRIBUTING.md bir dilin nasıl düzeltileceğini söyler.",
  opening: "Oda açılıyor…",
  sealed: "Tarayıcınızda mühürlenir.",
  "sealed-more": "Sunucu, okuyamadığını iletir.",
  minutes: "Dakikalarca saklanır.",
  "minutes-more": "Bir tünelden geçecek kadar, sonra yok olur.",
  "no-account": "Hesap yok.",
  "no-account-more": "Çerez yok, izleyici yok, başkasının kodu yok.",

  // links and names of rooms
  "link-cut": "Bu bağlantı tam değil: anahtarı kesilmiş ya da değiştirilmiş. Yeniden isteyin ve tümünü kopyalayın.",
  "link-neither": "Bu bağlantı hiçbir odaya gitmiyor: ne anahtarı ne de adı var.",
  "link-no-name": "Bu bağlantı hiçbir odaya gitmiyor. {problem}",
  "room-name-empty": "Oda adında en az bir karakter olmalı.",
  "room-name-long": {
    one: "Oda adında en çok {count} karakter olur.",
    other: "Oda adında en çok {count} karakter olur.",
  },
  "room-name-odd": "Bu adda harf, rakam ya da işaret olmayan bir şey var.",

  // coming and going
  forgetting: "Unutuluyor…",
  "keys-may-remain":
    "Anahtarlarınız hâlâ bu cihazda olabilir: tarayıcı yanıt vermedi. Sayfayı yeniden yükleyin. İşe yaramazsa tarayıcının bu site için sakladıklarını silin.",
  "leave-unsent": {
    one: "{count} mesaj gönderilmeyi bekliyor ve bu oda hatırlanmıyor. Göndermeden ayrılmak için bir kez daha ayrılın.",
    other:
      "{count} mesaj gönderilmeyi bekliyor ve bu oda hatırlanmıyor. Göndermeden ayrılmak için bir kez daha ayrılın.",
  },
  "left-unsent": {
    one: "{room} odasında {count} mesaj gönderilmeyi bekliyor: bunun için odayı yeniden açın.",
    other: "{room} odasında {count} mesaj gönderilmeyi bekliyor: bunun için odayı yeniden açın.",
  },
  "left-aside": "Tarayıcının bu odadan sakladıkları sayfanın bu sürümüne uymuyor: oda onlarsız açıldı.",
  "not-lasting":
    "Bu tarayıcı sayfa için anahtar saklamıyor: yeniden yükledikten sonra başkaları sizi yeni biri olarak görür.",
  "not-opened":
    "Bu oda açılmadı. Bir kez daha deneyin ya da sayfayı yeniden yükleyin. İşe yaramazsa önceki bir sürümün bu cihazda bıraktıkları buna uymuyor olabilir: aşağıdan unutun.",
  "not-whole": "Bu sayfanın bir bölümü gelmedi. Lütfen yeniden yükleyin.",

  // the server
  checking: "Bağlantı denetleniyor…",
  connecting: "Bağlanıyor… Yazdıklarınız saklanır ve kendiliğinden gönderilir.",
  crowded: "Aynı anda çok fazla giriş denemesi. Bu sayfa kendiliğinden yeniden dener.",
  "server-bad_request": "Sunucu bu sayfanın istediğini anlamıyor. Lütfen yeniden yükleyin.",
  "server-not_joined": "Sunucuya göre bu odada değilsiniz.",
  "server-other": "Sunucu bunu reddetti.",
  "server-rate_limited": "Bir kerede çok fazla oldu. Lütfen bir dakika sonra yeniden deneyin.",
  "server-room_full": "Bu oda dolu.",
  "server-server_error": "Sunucuda bir şeyler ters gitti. Lütfen yeniden deneyin.",
  "server-too_long": "Bu, sunucunun izin verdiğinden uzun.",
  "server-unknown_action": "Sunucu bu sayfanın istediğini bilmiyor. Lütfen yeniden yükleyin.",

  // the bar on top, and who is here
  "and-more": { one: "ve {count} kişi daha", other: "ve {count} kişi daha" },
  devices: "×{count}",
  encrypted: "Uçtan uca şifreli",
  guessable: "Tahmin edilebilir ad",
  "guessable-more": ": tahmin eden herkes okuyabilir",
  "has-your-name": "adınızı taşıyor",
  here: { one: "{count} kişi", other: "{count} kişi" },
  "leave-room": "Odadan ayrıl",
  menu: "Menü",
  mute: "Sustur",
  "mute-name": "Sustur: {name}",
  "no-name": "(adsız)",
  "not-first": "bu adı ilk alan değil",
  "not-here": "(burada değil)",
  people: "Kişiler",
  share: "Paylaş",
  somebody: "Birisi",
  unmute: "Göster",
  "unmute-name": "Yeniden göster: {name}",
  unverified: "Doğrulanmamış",
  "who-is-here": "Kimler burada",
  "you-tag": "(siz)",

  // the log
  earlier: "Önceki mesajlar",
  "earlier-full": "Bir kerede daha fazla mesaj gösterilmez. Daha önce söylenenler, sona gidip dönünce yine gelir.",
  "earlier-gone": "Sunucu daha önce söylenenleri artık saklamıyor.",
  gap: "Mesajların saklandığından daha uzun süre yoktunuz: bazıları eksik olabilir.",
  invite: "Birini davet et",
  "new-messages": "Yeni mesajlar",
  newest: "En yeni mesajlar",
  quiet: "Burası sessiz",
  "quiet-more": "Son zamanlarda kimse bir şey söylemedi. Merhaba deyin ya da birine bağlantıyı gönderin.",
  today: "Bugün",
  unseen: { one: "{count} yeni mesaj", other: "{count} yeni mesaj" },
  yesterday: "Dün",

  // a message
  delete: "Sil",
  "details-at": "Ayrıntılar, {time}",
  "details-short": "Ayrıntılar",
  late: "Yazıldı: {time}, daha sonra geldi.",
  "late-ahead": "Yazanın saatine göre {time} idi.",
  namesake: "Adınızı taşıyor ama anahtarı başka.",
  "not-sent": "Gönderilmedi. {problem}",
  "other-key": "Daha önce konuşan {name} değil: anahtarı başka.",
  retry: "Yeniden dene",
  sending: "Gönderiliyor…",
  "waits-its-turn": "Sırasını bekliyor",

  // what is no message to be trusted
  conflict: "{name} {handle} iki farklı mesajı tek bir mesaj gibi imzaladı. Öteki şunu diyor: {quote}",
  forged: "İmzası sahte bir mesaj: birisi onu değiştirmiş ya da kendini başkası gibi gösteriyor.",
  newer: "Bu sayfanın daha yeni bir sürümünden bir mesaj: görmek için yeniden yükleyin.",
  replayed: "Birisi, {name} {handle} tarafından {time} yazılanı yeniden gönderdi: {quote}",
  undecryptable: "Bu odanın anahtarının açmadığı bir mesaj.",

  // for who listens
  does: "{name} {text}",
  "heard-earlier": { one: "{count} önceki mesaj", other: "{count} önceki mesaj" },
  "heard-messages": { one: "{count} mesaj", other: "{count} mesaj" },
  "row-at": "{row}, {time}",
  says: "{name}: {text}",
  "who-borrows": "{name}, daha önce bu adla konuşan kişi değil",
  "who-handle": "{name}, {handle}",
  "who-namesake": "{name}, adınızı taşıyor",
  you: "Siz",

  // what one writes
  dismiss: "Kapat",
  help: "/nick Ada – Ada adını al\n/me el sallıyor – ne yaptığını söyle\n/clear – bu ekranı temizle\n/leave – odadan ayrıl\n/help – bunu göster\n//me – “/me” de: eğik çizgiyle başlayan metin için iki eğik çizgi",
  "keys-hint": "Enter gönderir, Shift ve Enter yeni satır açar.",
  left: "{count} kaldı",
  message: "Mesaj",
  "name-needed": "Bir adda en az bir harf olur. Örneğin: /nick Ada",
  over: "{count} fazla",
  renamed: "Adınız artık {name}.",
  "room-left": { one: "{count} karakterlik daha yer var.", other: "{count} karakterlik daha yer var." },
  send: "Gönder",
  "too-long": "Bu, tek bir mesaj için çok uzun.",
  "too-long-by": {
    one: "Bu, tek bir mesaj için {count} bayt fazla uzun.",
    other: "Bu, tek bir mesaj için {count} bayt fazla uzun.",
  },
  unsendable: "Burada resim ve dosya gönderilemez, yalnızca metin.",
  "unknown-command": "/{name} diye bir komut yok. İki eğik çizgi metni olduğu gibi gönderir: //{name}",

  // what becomes of it
  "lost-key": "Bu tarayıcı, onun yazıldığı anahtarı yitirdi.",
  "not-encrypted": "Tarayıcınız onu şifreleyemedi.",
  "not-kept": "Bu tarayıcı sayfa için hiçbir şey saklamıyor: mesajınız gönderilmeden sayfayı kapatmayın.",
  "not-sent-alarm": "Mesaj gönderilmedi. {problem}",
  quick: "Bu hızlıydı. Yazdıklarınız kendiliğinden gönderilir.",
  seconds: "{count} sn",
  stale: "Bir süre önce yazıldı.",
  unconfirmed: "Sunucu onu onaylamadı.",

  // notifications
  "message-from": "Yeni mesaj: {name}",

  // all dialogs, and the look for a newer version
  close: "Kapat",
  "send-first": "Önce yazdığınızı gönderin: bu tarayıcı sayfa için hiçbir şey saklamıyor.",

  // the dialog "Message details"
  arrived: "Geldi",
  "by-server": "{time}, sunucunun saatine göre",
  "by-writer": "{time}, yazanın saatine göre",
  "cannot-copy": "Tarayıcınız sayfanın kopyalamasına izin vermiyor.",
  copied: "Kopyalandı.",
  "copy-text": "Metni kopyala",
  details: "Mesajın ayrıntıları",
  "first-called": "Burada {name} adını ilk alan başka biriydi: {handle}. İki ayrı kişi olabilirler.",
  from: "Kimden",
  genuine: "Gerçek. Bu odanın anahtarıyla mühürlendi ve {handle} tarafından imzalandı; yolda kimse değiştirmedi.",
  handle: "Kısa kod",
  "hidden-here": "Bu cihazda gizlendi. Kimseye söylenmez.",
  inside: "Ad, sözler, kaç söz olduğu ve imza içindedir; onu yalnızca bu odanın bağlantısı açar.",
  "kept-by-server": "Sunucuda birkaç dakika saklanan {1}",
  key: "Anahtar",
  "long-way": "Yazılmasıyla gelmesi arasında alışılandan çok zaman var: yolda tutulmuş ya da bir saat yanlış.",
  "nobody-knows": "Kimse bilmiyor",
  "sent-to-server": "Sunucuya gönderilen {1}",
  "server-sees": "Sunucunun gördüğü",
  "shown-again": "Yeniden gösteriliyor.",
  "they-have-your-name": "Bu kişi adınızı taşıyor ama anahtarı başka.",
  "to-the-letter": "Harfi harfine bunu. {1}",
  "was-sending": "Yolda. Sunucu henüz onaylamadı.",
  "was-sent": "Gönderildi. Sunucu onu tam yazdığınız sözlerle iletti.",
  "was-waiting": "Sırasını bekliyor ve kendiliğinden gidecek.",
  written: "Yazıldı",
  "wrong-conflict": "{name}, {handle}, iki farklı mesaja aynı numarayı verdi. Bu, ötekisi.",
  "wrong-forged":
    "Bağlantısı olan biri yaptı ama imzası yanlış: değiştirilmiş ya da başkasından geldiğini öne sürüyor.",
  "wrong-newer":
    "Bu sayfanın daha yeni bir sürümü onu bu odanın anahtarıyla yaptı. Bu sürüm okuyamıyor: sayfayı yeniden yükleyin.",
  "wrong-replayed": "{name}, {handle}, bunu gerçekten yazdı ama yeniden gönderen başkasıydı.",
  "wrong-undecryptable": "Bu odanın anahtarı onu açmıyor. Bağlantısı olmayan biri yaptı ya da yolda bozuldu.",

  // the dialog "Share this room"
  "copy-yourself": "Tarayıcınız sayfanın kopyalamasına izin vermiyor. Bağlantı seçili: oradan kopyalayın.",
  "qr-code": "Bağlantının QR kodu",
  "share-copy": "Bağlantıyı kopyala",
  "share-failed": "Paylaşılamadı. Bunun yerine bağlantıyı kopyalayın.",
  "share-link": "Bu odanın bağlantısı",
  "share-title": "Bu odayı paylaş",
  "share-with": "Paylaş…",
  "warn-key":
    "Bu bağlantısı olan herkes odayı okuyabilir ve orada yazabilir. Yalnızca orada istediğiniz kişilere gönderin.",
  "warn-name": "Bu odanın adını tahmin eden herkes, bağlantı olsun olmasın, okuyabilir ve yazabilir.",

  // the dialog "Menu"
  elsewhere: "Bir mesaj geldiğinde ve siz başka yere bakarken",
  "forget-room": "Bu odayı bu cihazda unut",
  "forget-room-now": "Şimdi unut",
  "forget-room-question":
    "Bağlantısı, içindeki anahtarınız, taslağınız ve gönderilmeyi bekleyenler bu cihazdan gider (tarayıcının kendi geçmişi dışında). Yeni biri olarak dönersiniz. Başkalarında olan onlarda kalır.",
  "key-enter": "Enter",
  "key-escape": "Esc",
  "key-shift": "Shift",
  "keys-arrows": "mesajlar arasında gezin",
  "keys-back": "yazmaya dön ya da bir pencereyi kapat",
  "keys-commands": "Tuşlar ve komutlar",
  "keys-send": "gönder",
  "name-everywhere": "Tüm odalardaki ad",
  "name-is": "Adınız artık bu.",
  "name-is-none": "Bir adda en az bir harf ya da rakam olur.",
  "nobody-can-promise":
    "Başkalarının sır tutacağına kimse söz veremez: bağlantısı olan, saklananı okur ve kopyalayabilir. Ve bu sayfanın kendisi sunucudan gelir: dürüst olmayan biri size başka bir sayfa gönderebilir.",
  "not-allowed": "Tarayıcınız buna izin vermiyor. Bu sayfa için ayarları bunu değiştirebilir.",
  notification: "Bildirim göster",
  "notification-hint":
    "Kimin yazdığını, yalnızca siz isterseniz de ne yazdığını söyler: ekranınızı başkaları görebilir. Bunun için sayfa, siz başka yere bakarken cihaz izin verdikçe bağlı kalır: telefonlar böyle sayfaları bir süre sonra durdurur.",
  "on-device": "Bu cihazda",
  "server-sees-not":
    "Bağlantının sırrını, odanın adını, adınızı ya da söylenenlerin tek bir sözünü görmez. Her mesajdaki {1} bunu gösterir.",
  "server-sees-this":
    "Tarayıcınız adları ve mesajları kendisinden çıkmadan mühürler. Sunucuyu işleten; ağ adresinizi, hangi bağlantıların bir odayı paylaştığını, birinin ne zaman ve aşağı yukarı ne kadar yazdığını görür. Mühürlü mesajları birkaç dakika saklar.",
  sound: "Ses çal",
  theme: "Görünüm",
  "theme-dark": "Koyu",
  "theme-light": "Açık",
  "theme-system": "Sistem",
  "use-name": "Bu adı kullan",

  // the log as a whole, and being gone at once
  "notification-words": "İçinde yazılanı göster",
  conversation: "Bu konuşma",
  "conversation-hint":
    "Bu ekranda olduğu gibi, herkesin kısa kodu ve her uyarıyla. Bu cihazda yapılır ve hiçbir yere gönderilmez; bir dosya şifreli değildir.",
  "save-text": "Metin olarak kaydet",
  "save-page": "Sayfa olarak kaydet",
  print: "Yazdır",
  "clear-screen": "Ekranı temizle",
  "leave-at-once": "Hemen ayrıl",
  "leave-hint":
    "“Ayrıl ve unut” hiçbir şey sormaz: odanın bağlantısı, içindeki anahtarınız, taslağınız ve gönderilmeyi bekleyenler bu cihazdan gider. “Hızlı çıkış” da bunu yapar ve bu sayfanın yerine Vikipedi’yi gösterir.",
  "leave-forget": "Ayrıl ve unut",
  "leave-limits":
    "Her şeye yetmez: tarayıcının geçmişinde bu sayfa, odanın bağlantısıyla durur; ağınızı ya da bu bilgisayarı işleten, burada olduğunuzu bilebilir; başkalarında olan da onlarda kalır.",
  "quick-exit": "Hızlı çıkış",
  "quick-always": "Menünün yanında ve üç kez Esc ile hızlı çıkış",
  "keys-line": "yeni satır başlat; dokunmatik ekranda yalnızca Enter yeter",
  "keys-messages": "yazmaktan mesajlara geç",
  "keys-help": "bunu göster; Ctrl ile / ve yazmadığınız yerde ? de",
  "keys-exit": "hızlı çıkış menüde açıksa hemen ayrıl",
  "key-home": "Home",
  "key-end": "End",
  cleared: "Bu ekran temizlendi, yalnızca bu. “Önceki mesajlar” onları yeniden gösterir.",
  "file-named": "Tahmin edilebilir adlı bir oda",
  "file-open": "Şifreli değil: bu dosyası olan herkes okuyabilir.",
  "file-saved": "Kaydedildi: {time}.",
  "file-you": "{handle}, siz",
  "not-saved": "Tarayıcınız sayfanın dosya kaydetmesine izin vermiyor.",
  "saved-as": "{name} olarak kaydedildi.",
  "show-all": "Tümünü göster",
  "show-less": "Daha az göster",
  forgotten:
    "Odadan ayrıldınız ve oda bu cihazda unutuldu: bağlantısı, içindeki anahtarınız, taslağınız ve gönderilmeyi bekleyenler. Tarayıcının kendi geçmişinde hâlâ görünebilir.",

  // how long a name may be
  "alias-long": { one: "Bu ad {count} harf fazla uzun.", other: "Bu ad {count} harf fazla uzun." },

  // where nothing is kept
  "connecting-unkept": "Bağlanıyor… Yazdıklarınız, bu sayfayı kapatmadıkça kendiliğinden gönderilir.",
};
