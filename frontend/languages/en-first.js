// English, as far as the landing page's scripts say it: the rest is in en.js, and what always stands there in index.html.

export default {
  "alias-long": { one: "This name is {count} letter too long.", other: "This name is {count} letters too long." },
  enter: "Enter the room",
  "enter-as": "Enter as {name}",
  forget: "Forget",
  "forget-room-named": "Forget {room}",
  "forget-sure": "Forget it?",
  framed: "It is shown inside another page, which could be anybody’s and trick you into clicks.",
  "language-not-come": "This language did not come. Please try again later.",
  opening: "Opening the room…",
};
