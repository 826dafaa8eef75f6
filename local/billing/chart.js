// The bill over time, as a line. What it says is also said in words.

const WIDTH = 1000;
const HEIGHT = 160;
const MOST = 600; // points; of more, every second one is kept
const MINUTE = 60;
const SVG = document.getElementById("chart").namespaceURI;

/** @type {{at: number, dollars: number}[]} */
let points = [];

/**
 * @param {number} at seconds since the meter began
 * @param {number} dollars until then
 */
export function addPoint(at, dollars) {
  if (points.length && at < points.at(-1).at) points = []; // the meter has begun anew
  points.push({ at, dollars });
  if (points.length > MOST) points = points.filter((_, index) => index % 2 === 0 || index === points.length - 1);
}

/** What a month would cost at the pace of the last minutes, or of the time since the page was opened. */
export function pace(minutes = 5) {
  const last = points.at(-1);
  const first = points.find(({ at }) => at >= last.at - minutes * MINUTE);
  const seconds = last.at - first.at;
  return { seconds, perSecond: seconds > 0 ? (last.dollars - first.dollars) / seconds : 0 };
}

/**
 * @param {SVGSVGElement} chart
 * @param {HTMLElement} words that say the same
 * @param {(dollars: number) => string} money
 */
export function draw(chart, words, money) {
  const [first, last] = [points[0], points.at(-1)];
  const time = Math.max(1, last.at - first.at);
  const most = last.dollars || 1;
  const place = ({ at, dollars }) =>
    `${(((at - first.at) / time) * WIDTH).toFixed(1)},${(HEIGHT - (dollars / most) * (HEIGHT - 4)).toFixed(1)}`;
  let line = chart.querySelector("polyline");
  if (!line) {
    line = document.createElementNS(SVG, "polyline");
    chart.append(line);
  }
  line.setAttribute("points", points.map(place).join(" "));
  if (points.length < 2) return;
  const since = time < 2 * MINUTE ? `${Math.ceil(time)} seconds` : `${Math.round(time / MINUTE)} minutes`;
  words.textContent = `The bill in the last ${since}: from ${money(first.dollars)} to ${money(last.dollars)}`;
}
