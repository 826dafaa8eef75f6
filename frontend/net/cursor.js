// How far one room's messages have been handed over without a hole: where to ask on after an interruption. Pure.
// Message ids begin with 13 digits of epoch milliseconds and sort as strings.

/** The cursor before any message. */
export const BEGINNING = "0".repeat(13);

export class Cursor {
  #position = "";
  #greatest = ""; // the newest message handed over, be there a hole before it or not
  #oldest = "";
  #whole = false;

  /** Everything up to this id has been handed over; "" before the room was entered. */
  get position() {
    return this.#position;
  }

  /** Everything from this id on was there when the room was entered, or came later. */
  get oldest() {
    return this.#oldest;
  }

  /**
   * A message was handed over.
   * @param {string} id
   */
  pass(id) {
    if (id > this.#greatest) this.#greatest = id;
    if (this.#whole) this.#position = this.#greatest;
  }

  /** From here on messages may be missing: what still comes in does not fill what is to be fetched. */
  doubt() {
    this.#whole = false;
  }

  /**
   * What was to be fetched has been handed over up to `id`, and there is more.
   * @param {string} id
   */
  reach(id) {
    this.#position = id;
  }

  /**
   * Nothing is missing any more.
   * @param {string} [oldest] the first message there was, if any, when the room was entered
   */
  complete(oldest = "") {
    if (!this.#position) this.#oldest = oldest;
    this.#position = this.#greatest || BEGINNING;
    this.#whole = true;
  }

  /**
   * Where to go on. Ids are stamped by many clocks, so a message may still appear a little behind the newest one.
   * @param {number} overlapSeconds
   */
  since(overlapSeconds) {
    const from = Number(this.#position.slice(0, BEGINNING.length)) - overlapSeconds * 1000;
    return String(Math.max(0, from)).padStart(BEGINNING.length, "0");
  }
}
