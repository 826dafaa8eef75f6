// What the person writes: a message for the room, or a command to this page.

import { longestText } from "./crypto/envelope.js";
import { rememberAlias } from "./device/device.js";
import * as composer from "./view/composer.js";
import * as log from "./view/log.js";
import * as status from "./view/status.js";
import { parse } from "./words/command.js";
import { aliasProblem, bytes } from "./words/length.js";
import { cleanAlias } from "./words/text.js";

/** @import { Words } from "./types.js" */
/** @import { Command } from "./words/command.js" */
/** @import { Said } from "./words/say.js" */

/**
 * @typedef {object} WriterOwner
 * @property {() => number} limit characters of a sealed message
 * @property {(words: Words) => Promise<void>} say fulfilled when they are kept on this device
 * @property {(draft: string) => void} typed
 * @property {(draft: string) => void} done it is no draft any more
 * @property {(alias: string) => Promise<void>} renamed fulfilled when it is sealed
 * @property {(said: Said) => void} note shows a line to this person alone
 * @property {() => void} clear the screen
 * @property {() => void} leave
 */

export class Writer {
  #owner;
  #alias;
  #warned = false; // that the name which is being typed is too long
  #renaming = Promise.resolve(); // one after the other, or an earlier name could be the last to be sealed

  /**
   * @param {string} alias
   * @param {WriterOwner} owner
   */
  constructor(alias, owner) {
    this.#alias = alias;
    this.#owner = owner;
  }

  get alias() {
    return this.#alias;
  }

  /**
   * @param {string} written
   * @param {boolean} pasted
   * @returns {boolean} whether the composer may be emptied
   */
  send(written, pasted) {
    status.dismiss();
    const command = parse(written, pasted);
    if (command.kind === "say" || command.kind === "me") return this.#write(command, written);
    const done = this.#run(command);
    if (done) this.#owner.done(written);
    return done;
  }

  /**
   * @param {string} written
   * @returns {string} the name as it is now; "" if that was none
   */
  rename(written) {
    const alias = cleanAlias(written);
    if (!alias) return "";
    this.#alias = rememberAlias(alias);
    this.#renaming = this.#renaming.then(() => this.#owner.renamed(alias));
    this.showLimit();
    this.#note({ key: "renamed", values: { name: alias } });
    return alias;
  }

  /**
   * Keep what is not sent yet. A name too long is told while it is typed.
   * @param {string} written
   */
  typed(written) {
    const command = parse(written);
    const problem = command.kind === "nick" ? aliasProblem(command.alias) : "";
    if (problem) status.notice(problem);
    else if (this.#warned) status.dismiss();
    this.#warned = problem !== "";
    this.#owner.typed(written);
  }

  /** The composer counts down to what fits beside the name. */
  showLimit() {
    composer.setLimit(this.#longest());
  }

  /**
   * @param {{kind: "say" | "me", text: string}} command
   * @param {string} draft that it was
   */
  #write({ kind, text }, draft) {
    if (!text) return false;
    const excess = bytes(text) - this.#longest();
    if (excess > 0) {
      status.notice({ key: "too-long-by", values: { count: excess } });
      return false;
    }
    const written = Date.now(); // by this device's clock: what the server says is not signed
    const kept = this.#owner.say({ alias: this.#alias, text, action: kind === "me", written });
    kept.then(() => this.#owner.done(draft));
    log.scrollToEnd();
    return true;
  }

  /** @param {Exclude<Command, {text: string}>} command */
  #run(command) {
    switch (command.kind) {
      case "nick":
        return this.#nick(command.alias);
      case "help":
        this.#note("help");
        return true;
      case "clear":
        this.clear();
        return true;
      case "leave":
        this.#owner.leave();
        return true;
      default:
        status.notice({ key: "unknown-command", values: { name: command.name } });
        return false;
    }
  }

  /** @param {string} alias */
  #nick(alias) {
    const problem = aliasProblem(alias);
    if (!problem && this.rename(alias)) return true;
    status.notice(problem || "name-needed");
    return false;
  }

  clear() {
    this.#owner.clear();
    this.#note("cleared");
  }

  /** @param {Said} said */
  #note(said) {
    this.#owner.note(said);
    log.scrollToEnd();
  }

  #longest() {
    return longestText(this.#owner.limit(), this.#alias);
  }
}
