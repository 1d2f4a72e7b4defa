"""One phone and two people, a month without a network, a clock that jumps, a phone that is full: by the screens."""

import datetime as dt
import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.faults.phone import PASSWORD
from tests.factories.other_client import Client

pytestmark = pytest.mark.e2e


def sign_out_anyway(phone):
    phone.page.goto("/m/me")
    phone.page.get_by_role("button", name="退出登录").click()
    phone.page.get_by_role("button", name="仍要退出").click()
    expect(phone.page.get_by_role("link", name="登录")).to_be_visible()


def nothing_goes(_seen):
    return "refuse"


def test_another_person_on_the_phone_neither_sees_nor_sends_nor_destroys(city, new_phone):
    city.network.begin()
    phone = new_phone().sign_in("inspector3")
    first = phone.owner
    city.network.begin(lambda seen: "refuse" if seen.step in {"batch", "chunk", "ask"} else None)
    hers = phone.write(bytes=30000)
    before = phone.left(first)
    sign_out_anyway(phone)
    phone.close_tab()

    city.network.begin()
    phone.sign_in("police")
    assert phone.owner != first
    his = phone.write(bytes=30000)
    phone.kick()
    phone.wait_until_sent()
    city.ledger.check(his)
    assert [entry["id"] for entry in phone.left(first)] == [entry["id"] for entry in before]
    assert city.ledger.receipts(hers) == []
    phone.page.goto("/m/me/unsent")
    expect(phone.page.get_by_text("没有待上传记录")).to_be_visible()
    phone.page.evaluate(phone.probe)
    with pytest.raises(Exception, match="locked"):
        phone.page.evaluate("(owner) => probe.receipts(owner)", first)

    phone.page.goto("/m/me")
    phone.page.get_by_role("button", name="退出登录").click()
    expect(phone.page.get_by_role("link", name="登录")).to_be_visible()
    phone.close_tab()
    phone.sign_in("inspector3")
    assert phone.owner == first
    phone.wait_until_sent()
    city.ledger.check(hers)


def test_a_month_without_a_network_and_a_session_that_ended(city, new_phone):
    city.network.begin()
    phone = new_phone().sign_in("inspector2")
    city.network.begin(nothing_goes)
    begun, entries = dt.datetime.now(dt.UTC), []
    for day in range(0, 31, 5):
        phone.context.clock.set_system_time(begun + dt.timedelta(days=day))
        if day:
            phone.page.reload()
            phone.unlock()
        phone.page.evaluate(phone.probe)
        entries += phone.write(bytes=30000)
    phone.page.goto("/m/me/unsent")
    expect(phone.page.get_by_text("网络未连接，系统会自动重试。")).to_be_visible()
    expect(phone.page.locator("li .item")).to_have_count(len(entries))
    assert phone.page.get_by_text("30 天前").count() == 3

    phone.context.clear_cookies()
    city.network.begin()
    phone.page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(phone.page.get_by_text("登录已失效").first).to_be_visible(timeout=40_000)
    phone.page.get_by_role("link", name="登录").first.click()
    phone.page.fill("[name=username]", "inspector2")
    phone.page.fill("[name=password]", PASSWORD)
    phone.page.click("form button.btn-primary")
    expect(phone.page.get_by_text("没有待上传记录")).to_be_visible(timeout=60_000)
    city.ledger.check(entries)


@pytest.mark.parametrize("years", [-6, 3])
def test_a_clock_that_jumps_by_years_holds_nothing_up(city, new_phone, years):
    city.network.begin()
    phone = new_phone().sign_in("inspector4")
    city.network.begin(lambda seen: "error" if seen.step == "batch" else None)
    entries = phone.write(bytes=30000)
    phone.kick()
    phone.wait("() => probe.left().then((left) => left.every((one) => one.attempts > 0))")
    phone.context.clock.set_system_time(dt.datetime.now(dt.UTC) + dt.timedelta(days=365 * years))
    phone.page.reload()
    phone.unlock()
    phone.page.evaluate(phone.probe)
    city.network.begin()
    entries += phone.write(bytes=30000)
    phone.kick()
    phone.wait_until_sent()
    city.ledger.check(entries)


def test_a_correction_made_without_a_network_merges_and_what_somebody_else_changed_waits(city, new_phone):
    city.network.begin()
    phone = new_phone().sign_in("inspector3")
    page = phone.page
    uid = page.evaluate("(owner) => probe.venue(owner)", phone.owner)
    was = city.ledger.venue(uid)
    city.network.begin(nothing_goes)
    page.goto(f"/m/venue/{uid}")
    page.get_by_role("link", name="场所信息纠错").click()
    page.get_by_label("名称", exact=True).fill(was["name"] + "分店")
    page.get_by_label("地址").fill("新街1号")
    page.wait_for_timeout(1000)
    page.reload()  # the page goes, the draft stays
    expect(page.get_by_label("地址")).to_have_value("新街1号")
    page.get_by_text("已停业").click()
    page.get_by_role("button", name="保存修改").click()
    expect(page.get_by_role("heading", name=was["name"] + "分店")).to_be_visible()
    assert city.ledger.venue(uid) == was
    other = Client(city.address).sign_in("inspector4", PASSWORD)  # meanwhile, on another phone
    assert other.amend(uid, name=(was["name"], "别人改的名字")).status == 200
    page.evaluate(phone.probe)
    city.network.begin()
    phone.kick()
    phone.wait_until_sent()
    assert city.ledger.venue(uid) == {"name": "别人改的名字", "address": "新街1号", "state": "open"}
    assert city.ledger.waiting(uid) == {"name": was["name"] + "分店", "state": "closed"}


#: what Chromium does when the disk is full: the transaction is taken back with this error (its own quota override
#: does not reach IndexedDB)
FULL = """for (const verb of ['put', 'add']) {
  const real = IDBObjectStore.prototype[verb];
  IDBObjectStore.prototype[verb] = function (...given) {
    const asked = real.apply(this, given);
    if (globalThis.full && globalThis.full.includes(this.name)) {
      Object.defineProperty(this.transaction, 'error', { value: new DOMException('full', 'QuotaExceededError') });
      this.transaction.abort();
    }
    return asked;
  };
}"""


def picture():
    held = io.BytesIO()
    Image.effect_noise((1200, 900), 40).convert("RGB").save(held, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()}


#: the last letter and the reload in one turn of the page, which leaves no time to seal anything
LETTER_AND_RELOAD = """(text) => {
  const field = document.querySelector('#text');
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  location.reload();
}"""


def test_the_last_letter_of_a_draft_survives_a_reload_in_the_same_turn(city, new_phone):
    city.network.begin()
    phone = new_phone().sign_in("inspector2")
    venue = phone.page.evaluate("(owner) => probe.venue(owner)", phone.owner)
    phone.page.goto(f"/m/stop/{venue}/finding?outcome=suspicious")
    text = phone.page.locator("#text")
    expect(text).to_be_visible()
    for turn in range(8):
        with phone.page.expect_navigation():
            phone.page.evaluate(LETTER_AND_RELOAD, f"{turn} 张地铺")
        expect(text).to_have_value(f"{turn} 张地铺")
    assert phone.page.evaluate("() => JSON.stringify({ ...localStorage })").find("地铺") == -1


NEARLY_FULL = "navigator.storage.estimate = async () => ({ quota: 1e9, usage: 0.9e9 });"


def test_a_full_phone_says_so_and_keeps_the_draft(city, new_phone):
    city.network.begin(nothing_goes)
    phone = new_phone()
    phone.context.add_init_script(FULL)
    city.network.begin()
    phone.sign_in("inspector4")
    city.network.begin(nothing_goes)
    page = phone.page
    page.goto("/m/report")
    page.evaluate(phone.probe)
    page.locator("label.choice-card").first.click()
    page.evaluate("() => { globalThis.full = ['blobs']; }")
    page.locator("input[type=file]").first.set_input_files(picture())
    expect(page.get_by_text("照片未能保存，本机存储空间可能已满。")).to_be_visible()
    page.evaluate("() => { globalThis.full = []; }")
    page.locator("input[type=file]").first.set_input_files(picture())
    expect(page.locator("main img")).to_have_count(1)
    words = page.locator("main textarea").first
    page.evaluate("() => { globalThis.full = ['vault']; }")
    words.fill("门口有人放哨")
    expect(page.get_by_text("最近一次改动未能保存，本机存储空间可能已满。")).to_be_visible()
    page.evaluate("() => { globalThis.full = []; }")
    words.fill("门口有两人放哨")
    expect(page.get_by_text("所有改动均已随时保存到本机。")).to_be_visible()
    page.evaluate("() => { globalThis.full = ['outbox']; }")
    page.locator("main .act-bar button").click()
    expect(page.get_by_text("未能保存，本机存储空间可能已满。草稿已保留。")).to_be_visible()
    assert phone.left() == []
    phone.context.add_init_script(NEARLY_FULL)
    page.reload()
    expect(page.get_by_text("本机存储空间即将用完").first).to_be_visible()
    expect(page.locator("main img")).to_have_count(1)
    page.locator("main .act-bar button").click()
    expect(page.get_by_role("heading", name="感谢上报，已保存到本机")).to_be_visible()
    page.evaluate(phone.probe)
    assert len(phone.left()) == 1
    city.network.begin()
    phone.kick()
    phone.wait_until_sent()


NOT_PROMISED = """{ let promised = false;
  navigator.storage.persisted = async () => promised;
  navigator.storage.persist = async () => { globalThis.asked = (globalThis.asked ?? 0) + 1; return promised = globalThis.kind === true; };
}"""


def test_storage_is_asked_for_and_the_answer_shown(city, new_phone):
    city.network.begin()
    phone = new_phone()
    phone.context.add_init_script(NOT_PROMISED)
    page = phone.sign_in("inspector2").page
    phone.wait("() => globalThis.asked === 1")
    page.goto("/m/me/device")
    row = page.locator("li").filter(has_text="数据持久保存")
    expect(row).to_contain_text("未保证")
    page.evaluate("() => { globalThis.kind = true; }")
    row.get_by_role("button", name="申请").click()
    expect(row).to_contain_text("已保证")


def test_what_cannot_be_sent_is_rescued_by_hand_and_counted_once(city, new_phone, chromium, tmp_path):
    """A forgotten PIN and a dead network: the file is written at the lock screen and brought by a supervisor."""
    city.network.begin()
    phone = new_phone().sign_in("inspector2")
    phone.wait("() => probe.rescuable().then((found) => found.every((one) => one.ready))")
    city.network.begin(nothing_goes)
    entries = phone.write()
    phone.page.goto("/m/me")
    phone.page.get_by_role("button", name="立即锁定").click()
    phone.page.get_by_text("抢救导出").click()
    phone.page.get_by_role("button", name="生成加密文件").click()
    with phone.page.expect_download() as downloading:
        phone.page.locator("a[download]").click()
    file = tmp_path / "phone.rescue"
    downloading.value.save_as(file)
    assert b"bedding" not in file.read_bytes()

    city.network.begin()
    context = chromium.new_context(base_url=city.network.url, locale="zh-CN")
    desk = context.new_page()
    desk.goto("/login?next=/rescue")
    desk.fill("[name=username]", "manager")
    desk.fill("[name=password]", PASSWORD)
    desk.click("form button.btn-primary")
    desk.set_input_files("input[type=file]", file)
    desk.get_by_role("checkbox").check()
    with city.worker():
        desk.get_by_role("button", name="接收").click()
        desk.get_by_role("link", name="查看结果").click(timeout=120_000)
        expect(desk.get_by_text("本次入库").first).to_be_visible()
    context.close()
    city.ledger.check(entries)

    phone.unlock()
    phone.page.evaluate(phone.probe)
    phone.wait_until_sent()
    city.ledger.check(entries)


def in_reach(page, name):
    """Whether a button can be pressed without scrolling: 48 px, in the window, above the navigation, under nothing."""
    page.evaluate("() => scrollTo(0, 0)")
    box = page.get_by_role("button", name=name).bounding_box()
    navigation = page.locator("nav.bottom-bar").bounding_box()
    at = [box["x"] + box["width"] / 2, box["y"] + box["height"] - 2]
    on_top = "([x, y]) => document.elementFromPoint(x, y)?.closest('button')?.textContent ?? ''"
    return (
        min(box["width"], box["height"]) >= 48
        and at[1] < navigation["y"]
        and name in page.evaluate(on_top, at)
    )


def test_a_track_of_another_device_joins_the_patrol(city, new_phone):
    city.network.begin()
    phone = new_phone().sign_in("police")
    page = phone.page
    page.goto("/m/")
    hold = page.locator(".hold").first
    hold.hover()
    page.mouse.down()
    expect(page.get_by_text("巡查中").first).to_be_visible()
    page.mouse.up()
    for name in ("暂停", "结束巡查"):
        assert in_reach(page, name)
    now = dt.datetime.now(dt.UTC)
    phone.context.clock.set_system_time(now + dt.timedelta(minutes=10))
    points = "".join(
        f'<trkpt lat="{30.6 + minute / 5000}" lon="114.3"><time>{(now + dt.timedelta(minutes=minute)).isoformat()}</time></trkpt>'
        for minute in (-30, 1, 2, 5, 6)
    )
    gpx = f'<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1"><trk><trkseg>{points}</trkseg></trk></gpx>'
    chooser = page.locator("input[accept*=gpx]")
    chooser.set_input_files({"name": "a.gpx", "mimeType": "application/gpx+xml", "buffer": b"<html>"})
    expect(page.get_by_text("这不是完整的 GPX 文件，请将轨迹重新导出为 GPX 后再选择。")).to_be_visible()
    chooser.set_input_files({"name": "a.gpx", "mimeType": "application/gpx+xml", "buffer": gpx.encode()})
    expect(page.get_by_text("已导入 4 个轨迹点。 巡查时间以外的 1 个点未导入。")).to_be_visible()
    page.evaluate(phone.probe)
    phone.wait_until_sent()
    page.goto("/patrols/mine")
    page.locator("tbody a").first.click()
    expect(page.get_by_text("没有卫星定位信号").first).to_be_visible()
