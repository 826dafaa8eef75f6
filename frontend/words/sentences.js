// What this page says in its own words, where the same is said in several places or by a module that is about something else.

export const OPENING = "Opening the room…";
export const FORGETTING = "Forgetting…";
export const NOT_OPENED =
  "This room did not open. Try it once more, or load the page again. If that does not help, what an earlier version has left on this device may not suit this one: forget it, below.";
export const LEFT_ASIDE =
  "What this browser had kept of this room does not suit this version of the page: the room is open without it.";
export const NOT_LASTING = "This browser keeps no key for the page: after a reload, others see you as somebody new.";
export const NOT_WHOLE = "A part of this page did not come. Please load it again.";
export const NEWER = "A new version of this page is here.";
export const WRITTEN = "Send what you have written first: this browser keeps nothing for the page.";
