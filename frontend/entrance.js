// The landing page with what this device knows.

import { hasTraces, recentRooms, rememberedAlias } from "./device/device.js";
import { find } from "./view/dom.js";
import * as landing from "./view/landing.js";
import { randomAlias } from "./words/random.js";

/** @param {{problem?: import("./words/say.js").Said, name?: string, invited?: string}} [what] */
export function showEntrance({ problem = "", name = "", invited = "" } = {}) {
  const remembered = rememberedAlias();
  const [alias, known] = [remembered || randomAlias(), remembered !== ""];
  landing.show({ alias, recent: recentRooms(), name, problem, invited, traces: hasTraces(), known });
  find("broken").hidden = true; // it has come after all
}

export const followDevice = () => landing.follow(recentRooms(), hasTraces());
