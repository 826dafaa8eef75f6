// What a phone's keyboard leaves of the page. Some browsers lay it over the page and tell the visual viewport alone:
// the room follows that, so that its header and composer stay in sight.

/** Less than this is a toolbar, or a rounded pixel. */
const KEYBOARD_PX = 100;

export function followKeyboard() {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const { style } = document.documentElement;

  const follow = () => {
    const covered = window.innerHeight - viewport.height;
    const keyboard = viewport.scale === 1 && covered > KEYBOARD_PX; // who zooms in wants a larger page, not a smaller one
    if (keyboard) {
      style.setProperty("--height", `${viewport.height}px`);
      style.setProperty("--top", `${viewport.offsetTop}px`);
      style.setProperty("--keyboard", `${covered}px`);
    } else {
      for (const name of ["--height", "--top", "--keyboard"]) style.removeProperty(name);
    }
  };

  viewport.addEventListener("resize", follow);
  viewport.addEventListener("scroll", follow);
  follow();
}
