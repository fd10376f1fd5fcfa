# SPDX-License-Identifier: Apache-2.0
"""`partita map --html`, opened in a real browser: it shows all that `--json` tells, and nothing in it
overlaps, is cut off or is hard to read, wide and narrow, light and dark, on the screen and on paper."""

import base64
import pathlib
import re

import pytest
from selenium.webdriver.common.action_chains import ActionChains

from pages import HOSTILE, SYSTEMS, TOP

LOOK = (pathlib.Path(__file__).parent / "look.js").read_text()
TREE = sorted(path.stem for path in (TOP / "systems").glob("*.dts")) + ["passthrough"]
ALL = [*TREE, *SYSTEMS]
OPEN_ALL = "for (const each of document.querySelectorAll('details')) each.open = true;"


@pytest.mark.parametrize("media", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("name", ALL)
def test_nothing_overlaps_or_is_cut(name, width, media, browser):
    browser.open(name, width, [media]).ask(OPEN_ALL)
    assert browser.ask(LOOK) == []
    assert browser.complaints() == []


@pytest.mark.parametrize("name", ALL)
def test_everything_is_there(name, browser, systems):
    facts = systems.facts(name)
    browser.open(name, 1280).ask(OPEN_ALL)
    text = browser.ask("return document.body.textContent")
    windows = browser.ask("return [...document.querySelectorAll('#fmap-title ~ a.window title')]"
                          ".map(e => e.textContent)")
    cards = browser.ask("return [...document.querySelectorAll('.card h3')].map(e => e.lastChild.textContent)")
    boxes = browser.ask("return [...document.querySelectorAll('#fmap-title ~ a.piece title')]"
                        ".map(e => e.textContent)")
    assert cards == [vm["name"] for vm in facts["vms"]]
    wanted = [(vm["name"], window) for vm in facts["vms"] for window in vm["windows"]]
    assert len(windows) == len(wanted)
    for title, (vm, window) in zip(windows, wanted):
        assert title.startswith(f"VM {vm} sees {window['what']}\n")
        assert f"{window['address']:#x} to {window['address'] + window['bytes'] - 1:#x}" in title
        assert window["access"] in title
        if window["physical"] is not None:
            assert f"lies at {window['physical']:#x}" in title
            assert any(f"{window['physical']:#x} to" in box for box in boxes)
    for piece in facts["memory"]:
        assert f"{piece['address']:#x}-{piece['address'] + piece['bytes'] - 1:#x}" in text
    for device in facts["devices"]:
        assert device["device"] in text
    flows = browser.ask("return [...document.querySelectorAll('tr[id^=flow-]')]"
                        ".map(e => [...e.cells].slice(0, 2).map(c => c.textContent))")
    assert flows == [[f"{flow['from']} to {flow['to']}", flow["how"]] for flow in facts["influence"]]
    lanes = browser.ask("return document.querySelectorAll('#channels-title ~ a.lane').length")
    assert lanes == sum(flow["how"] != "time" and "kernel" not in (flow["from"], flow["to"])
                        for flow in facts["influence"])


def test_a_click_leads_to_the_row(browser):
    browser.open("demo", 1280)
    browser.ask("document.querySelector('#fmap-title ~ a.piece').dispatchEvent(new MouseEvent('click', "
                "{bubbles: true, cancelable: true}))")
    row = browser.ask("const row = document.querySelector('tr:target'); return row && "
                      "[row.getBoundingClientRect().height, row.textContent]")
    assert row and row[0] > 0 and "0x8000000-0x800ffff" in row[1]


def test_pointing_at_a_window_shows_where_it_leads(browser):
    opacity = "return +getComputedStyle(document.querySelector('#fmap-title ~ a.window .band')).opacity"
    browser.open("demo", 1280)
    before = browser.ask(opacity)
    box = browser.driver.find_element("css selector", "#fmap-title ~ a.window:has(.band) .box")
    browser.ask("arguments[0].scrollIntoView()", box)
    ActionChains(browser.driver).move_to_element(box).perform()
    assert browser.ask(opacity) > before


def test_paper_has_what_is_folded_on_the_screen(browser):
    browser.open("demo", 700, ["print", "dark"])
    heights = browser.ask("return [...document.querySelectorAll('details:not([open]) tr')]"
                          ".map(e => e.getBoundingClientRect().height)")
    assert len(heights) > 50 and min(heights) > 0
    assert browser.ask("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.ask(LOOK) == []
    browser.driver.switch_to.default_content()
    browser.driver.get(browser.driver.current_url.replace("frame", "page"))
    paper = browser.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    assert base64.b64decode(paper["data"]).startswith(b"%PDF")


@pytest.mark.parametrize("name", ALL)
def test_the_page_needs_nothing_but_itself(name, browser, systems):
    page = systems.map(name, "--html").decode()
    assert set(re.findall(r'\b(?:src|href)="([^"#]*)', page)) <= {"", "data:,"}
    assert set(re.findall(r"url\(([^)]*)\)", page)) == {"#hatch"}
    assert "<script" not in page
    assert browser.open(name, 1280).ask("return performance.getEntriesByType('resource').length") == 0


def test_hostile_text_stays_text(browser, systems):
    name = next(name for name in SYSTEMS if "<" in name)
    browser.open(name, 1280)
    assert browser.ask("return document.querySelectorAll('script, b[onclick], i:not([class])').length") == 0
    shown = browser.ask("return document.querySelector('.card').textContent")
    assert HOSTILE.replace("\u202e", "\ufffd").replace("\x1b", "\ufffd").replace("\x07", "\ufffd") in shown
    assert browser.ask("return document.querySelector('h1').firstChild.textContent") == name + " "
    assert browser.ask("return document.title").startswith(name)
    assert systems.facts(name)["system"] == name


def test_same_inputs_give_the_same_bytes(systems):
    for form in ("--html", "--json"):
        assert systems.run("map", systems.path("demo"), form).stdout == systems.map("demo", form)


def test_a_page_can_be_written_to_a_file(systems, tmp_path):
    run = systems.run("map", systems.path("demo"), "--html", "-o", tmp_path / "demo.html")
    assert run.returncode == 0 and run.stdout == b""
    assert (tmp_path / "demo.html").read_bytes() == systems.map("demo", "--html")


def test_every_drawing_has_a_title_and_a_description(browser):
    bare = browser.open("demo", 1280).ask(
        "return [...document.querySelectorAll('svg.drawing')].filter(e => e.getAttribute('role') !== 'img' ||"
        "!e.getAttribute('aria-labelledby').split(' ').every(id => document.getElementById(id)?.textContent))"
        ".length")
    ids = browser.ask("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    ways = browser.ask("return [...document.querySelectorAll('a')].map(e => e.getAttribute('href'))")
    assert bare == 0
    assert len(ids) == len(set(ids))
    assert {way.lstrip("#") for way in ways} <= set(ids)
