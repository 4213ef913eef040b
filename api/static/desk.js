// Brings the pages to life: times are the reader's own, what is newer slides in, keys move about.
// Every page works without it.

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

// Times: in the reader's zone, and counted on from minute to minute.

const inFull = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const asDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const asStamp = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const asHour = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const MINUTE = 60, HOUR = 3600, DAY = 86400;

function ago(moment) {
  const gap = (Date.now() - moment) / 1000;
  if (gap < -MINUTE || gap >= 45 * DAY) return asDay.format(moment);
  if (gap < MINUTE) return "just now";
  if (gap < HOUR) return `${Math.floor(gap / MINUTE)} min ago`;
  return gap < 2 * DAY ? `${Math.floor(gap / HOUR)} h ago` : `${Math.floor(gap / DAY)} days ago`;
}

function tellTimes(within = document) {
  for (const time of $$("time[datetime]", within)) {
    const moment = new Date(time.dateTime);
    time.title = inFull.format(moment);
    const isOld = Date.now() - moment >= 2000 * DAY;
    time.textContent = isOld && "stamp" in time.dataset ? asStamp.format(moment) : ago(moment);
  }
  for (const tick of $$("[data-at]", within)) {
    tick.textContent = (tick.dataset.label === "hour" ? asHour : asDay).format(new Date(tick.dataset.at));
  }
}

async function inView() {
  if (document.hidden) await new Promise((seen) => document.addEventListener("visibilitychange", seen, { once: true }));
}

// The change feed: `told` is called after each batch and answers with the event it has read up to.

async function follow(after, told, state) {
  let isSure = false;
  for (let failures = 0; ; ) {
    await inView();
    try {
      const answer = await fetch(`/v1/changes?after=${after}&wait=${isSure ? 50 : 0}`, { cache: "no-store" });
      if (answer.status === 401) return state("offline", "Signed out: load the page again");
      if (answer.status === 409) return state("offline", "An older backup was restored: load the page again");
      if (!answer.ok) throw new Error(answer.statusText);
      const { changes, last_seq: last } = await answer.json();
      failures = 0;
      isSure = true;
      state("live", "Live");
      if (last > after) after = Math.max(last, (await told(changes)) ?? last);
      if (changes.length) await pause(1500);
    } catch {
      isSure = false;
      const seconds = Math.min(30, 2 ** failures++);
      state("offline", navigator.onLine ? "The server does not answer; trying again" : "Offline; trying again");
      await pause(seconds * 1000 * (0.75 + Math.random() / 2));
    }
  }
}

const live = $("#live");
function tellState(state, words) {
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  live.textContent = words;
}

// Parts of a page, asked for again.

let asking = null;
async function part(address, selector) {
  asking?.abort();
  asking = new AbortController();
  const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "text/html" } });
  const found = $(selector, new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (!found) throw new Error(`no ${selector} at ${address}`);
  tellTimes(found);
  return document.adoptNode(found);
}

// The list of clusters: what is in view stays where it is while someone reads it.

const newer = $("#newer");
let pointed = 0;
let waiting = null;
const list = () => $("#clusters");

function isReading() {
  const rows = list();
  return scrollY > 80 || Date.now() - pointed < 3000 || rows.contains(document.activeElement) || !getSelection().isCollapsed;
}

function slide(fresh) {
  const before = new Map($$(".row", list()).map((row) => [row.dataset.id, row.getBoundingClientRect().top]));
  const focused = document.activeElement?.closest?.(".row")?.dataset.id;
  list().replaceWith(fresh);
  if (focused) $(`.row[data-id="${CSS.escape(focused)}"] a`, fresh)?.focus({ preventScroll: true });
  if (isStill.matches || !before.size) return;
  for (const row of $$(".row", fresh)) {
    const top = row.getBoundingClientRect().top;
    const from = before.get(row.dataset.id);
    if (from === undefined) row.animate([{ opacity: 0, transform: "translateY(-.75rem)" }, {}], { duration: 350, easing: "ease-out" });
    else if (from !== top) row.animate([{ transform: `translateY(${from - top}px)` }, {}], { duration: 350, easing: "ease-out" });
  }
}

function inPlace(fresh) {
  const known = new Map($$(".row", list()).map((row) => [row.dataset.id, row]));
  let count = 0;
  for (const row of $$(".row", fresh)) {
    const old = known.get(row.dataset.id);
    if (old?.dataset.seq === row.dataset.seq) continue;
    count += 1;
    if (!old) continue;
    old.dataset.seq = row.dataset.seq;
    old.className = row.className;
    for (const name of [".outlets", ".terms", ".size", ".growth", ".when"]) $(name, old).replaceWith($(name, row).cloneNode(true));
  }
  return count;
}

let held = 0;
function show(fresh) {
  waiting = fresh;
  if (isReading()) held += inPlace(fresh);
  else settle();
  newer.hidden = !(waiting && held);
  $("span", newer).textContent = held;
}

function settle(force = false) {
  if (!waiting || (!force && isReading())) return;
  slide(waiting);
  waiting = null;
  held = 0;
  newer.hidden = true;
}

async function refresh() {
  const address = new URL(location);
  address.searchParams.delete("seen");
  address.searchParams.set("part", "rows");
  const fresh = await part(address, "#clusters");
  if (!new URL(location).searchParams.has("cursor")) show(fresh);
  return Number(fresh.dataset.seq);
}

function showNewer() {
  settle(true);
  scrollTo({ top: 0, behavior: isStill.matches ? "auto" : "smooth" });
}

function searchAsTyped(form) {
  let timer = 0;
  const search = async () => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
    history.replaceState(null, "", query.size ? `/?${query}` : "/");
    list().setAttribute("aria-busy", "true");
    try {
      waiting = await part(`/?${query}&part=rows`, "#clusters");
      settle(true);
    } catch (failure) {
      if (failure.name !== "AbortError") tellState("offline", "The search did not get through; type on to try again");
    }
  };
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(search, event.target.id === "q" ? 180 : 500);
  });
}

function liveList() {
  document.addEventListener("pointermove", (event) => { if (list().contains(event.target)) pointed = Date.now(); }, { passive: true });
  newer.addEventListener("click", showNewer);
  searchAsTyped($("#filters"));
  setInterval(settle, 1000, false);
  follow(Number(document.body.dataset.seq), refresh, tellState);
}

// A cluster's page: what takes a while is filled in, dots lead to their articles, a change is told.

async function fill(section) {
  try {
    const found = await part(section.dataset.fill, "#fill");
    $("p", section).replaceWith(...found.childNodes);
  } catch {
    // The link stays, and says where to look.
  }
}

function liveCluster(cluster) {
  $(".timeline")?.addEventListener("click", (event) => {
    const to = event.target.dataset.to && document.getElementById(event.target.dataset.to);
    if (to) location.hash = to.id;
  });
  const told = (changes) => {
    const id = cluster.dataset.cluster;
    const ours = changes.some((change) => change.generation || [change.cluster_id, change.from_cluster_id].includes(id));
    if (ours) $("#changed").hidden = false;
  };
  follow(Number(document.body.dataset.seq), told, tellState);
}

// Keys: one at a time, and only while they are switched on.

const dialog = $("#keys"), switched = $("#keys-on");
const stops = () => $$("[data-stop]");

function step(by) {
  const all = stops();
  const at = all.indexOf(document.activeElement);
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  "/": () => ($("#q") ? $("#q").select() : location.assign("/")),
  ".": () => (newer ? showNewer() : $("#changed a")?.click()),
  "?": () => dialog.showModal(),
};

function onKey(event) {
  const typing = event.target.closest("input, textarea, select, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || (!switched.checked && event.key !== "?")) return;
  const action = KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function keys() {
  const help = $("#help");
  help.hidden = false;
  help.addEventListener("click", () => dialog.showModal());
  switched.checked = localStorage.getItem("keys") !== "off";
  switched.addEventListener("change", () => localStorage.setItem("keys", switched.checked ? "on" : "off"));
  document.addEventListener("keydown", onKey);
}

// A job that is at work is looked at again until it is done.

async function watch(job) {
  for (let failures = 0; job.dataset.again; ) {
    await pause(2000 * 2 ** Math.min(failures, 4));
    await inView();
    try {
      const fresh = await part(job.dataset.again, "#job");
      const form = job.contains(document.activeElement) && document.activeElement.closest("form");
      job.replaceWith(fresh);
      if (form) ($$("form", fresh).find((other) => other.action === form.action)?.querySelector("button") ?? $("#main")).focus();
      job = fresh;
      failures = 0;
      tellState("live", "Live");
    } catch {
      failures += 1;
      tellState("offline", "The server does not answer; trying again");
    }
  }
  document.title = $("h1", job).textContent;
  live.textContent = document.title;
}

tellTimes();
setInterval(tellTimes, 60_000);
keys();
if (list()) liveList();
else if ($("[data-cluster]")) liveCluster($("[data-cluster]"));
if ($("[data-again]")) watch($("[data-again]"));
for (const section of $$("[data-fill]")) fill(section);
