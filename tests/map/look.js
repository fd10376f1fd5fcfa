/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong with how the page looks: a list of complaints. Text must lie in its drawing, its box and
 * its cell, and not over other text; boxes must lie apart or within one another; text must stand out
 * from what it is written on.
 */
const slack = 1.01;
const complaints = [];
const view = document.documentElement.clientWidth;

function overlap(a, b) {
	return Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack &&
	       Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack;
}

function within(a, b) {
	return a.left >= b.left - slack && a.right <= b.right + slack && a.top >= b.top - slack &&
	       a.bottom <= b.bottom + slack;
}

function say(what, element) {
	complaints.push(`${what}: ${element.closest("[id]")?.id}: ${element.textContent.slice(0, 60)}`);
}

function visible(element) {
	const r = element.getBoundingClientRect();
	return r.width > 0 && r.height > 0;
}

/* Each pair only once, and only near ones. */
function pairs(list, f) {
	const sorted = list.map(e => [e, e.getBoundingClientRect()]).sort((a, b) => a[1].top - b[1].top);
	for (let i = 0; i < sorted.length; i++)
		for (let k = i + 1; k < sorted.length && sorted[k][1].top < sorted[i][1].bottom; k++)
			f(sorted[i], sorted[k]);
}

if (document.documentElement.scrollWidth > view)
	complaints.push(`the page is ${document.documentElement.scrollWidth} px wide in ${view}`);

for (const drawing of document.querySelectorAll("svg.drawing")) {
	const frame = drawing.getBoundingClientRect();
	const texts = [...drawing.querySelectorAll("text")].filter(visible);

	for (const text of texts) {
		const r = text.getBoundingClientRect();
		if (!within(r, frame))
			say("outside of its drawing", text);
		if (text.parentNode !== drawing && text.parentNode.tagName === "svg" &&
		    !within(r, text.parentNode.getBoundingClientRect()))
			say("cut off", text);
	}
	pairs(texts, ([a, ra], [b, rb]) => overlap(ra, rb) && say(`over "${a.textContent}"`, b));
	pairs([...drawing.querySelectorAll(".box, .pill")], ([a, ra], [b, rb]) => {
		if (overlap(ra, rb) && !within(ra, rb) && !within(rb, ra))
			say("boxes overlap", b.parentNode);
	});
	for (const pill of drawing.querySelectorAll(".pill"))
		for (const text of pill.parentNode.querySelectorAll("text"))
			if (!within(text.getBoundingClientRect(), pill.getBoundingClientRect()))
				say("wider than its label", text);
}

for (const cell of document.querySelectorAll("td, th, dd, dt, li, h1, h2, h3, summary, figcaption, p, code, nav a")) {
	const range = document.createRange();
	range.selectNodeContents(cell);
	for (const r of visible(cell) ? range.getClientRects() : [])
		if (r.right > cell.getBoundingClientRect().right + slack && cell.tagName !== "CODE" || r.right > view + slack) {
			say("runs out", cell);
			break;
		}
}

/* WCAG 2, "contrast ratio" */
function luminance(colour) {
	const [r, g, b] = colour.match(/[\d.]+/g).map(v => v / 255)
		.map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
	const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
	return (high + 0.05) / (low + 0.05);
}

const paper = getComputedStyle(document.body).backgroundColor;
for (const text of document.querySelectorAll("svg.drawing text")) {
	const on = text.parentNode.tagName === "svg" ? text.parentNode.parentNode.querySelector(":scope > .box") : null;
	const fill = on ? getComputedStyle(on).fill : "none";
	if (contrast(getComputedStyle(text).fill, fill === "none" ? paper : fill) < 4.5)
		say("hard to read", text);
}
for (const element of document.querySelectorAll("p, td, th, dt, dd, li, summary, .at, .number")) {
	const own = getComputedStyle(element).backgroundColor;
	if (contrast(getComputedStyle(element).color, own === "rgba(0, 0, 0, 0)" ? paper : own) < 4.5)
		say("hard to read", element);
}
return complaints;
