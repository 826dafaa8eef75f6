// Names of other scripts within plain text, where no element keeps their direction to themselves.

const OTHER_SCRIPT = /[^\P{L}\p{Script=Latin}]/u;

/**
 * Kept from turning round what stands beside it.
 * @param {string} name
 */
export const isolated = (name) => (OTHER_SCRIPT.test(name) ? `\u2068${name}\u2069` : name);
