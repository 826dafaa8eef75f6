// The page speaks English, all of it, in the tests that import this.

import english from "../../../frontend/languages/en.js";
import later from "../../../frontend/languages/en-later.js";
import { say, speak } from "../../../frontend/words/say.js";

speak({ ...english, ...later }, "en");

export { say };
