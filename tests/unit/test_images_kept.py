"""The images of kept releases have a name of ours, and no others have."""

import pytest

from deployer.desired import ResolvedImage
from deployer.images import ImageError, keep_images, kept_images
from tests.fake_engine import FakeEngine

ONE, TWO = ResolvedImage("web:1", "sha256:" + "1" * 64), ResolvedImage("web:1", "sha256:" + "2" * 64, users_own=True)
GATE = ResolvedImage("gate:1", "sha256:" + "9" * 64)


def engine() -> FakeEngine:
    return FakeEngine(images={"web:0": ONE.id, "web:1": TWO.id, "gate:1": GATE.id})


def test_what_no_kept_release_needs_loses_its_name():
    made = engine()
    keep_images(made, "shop", [{"web": TWO, "_gate": GATE}, {"web": ONE}])
    keep_images(made, "blog", [{"web": TWO}])
    assert sorted(made.named_images("backdraft.local/kept/shop")) == [
        "backdraft.local/kept/shop:web-111111111111",
        "backdraft.local/kept/shop:web-222222222222",
    ]
    keep_images(made, "shop", [{"web": TWO}, {"web": ResolvedImage("web:9", "sha256:" + "3" * 64)}])
    assert list(made.named_images("backdraft.local/kept/shop")) == ["backdraft.local/kept/shop:web-222222222222"]
    keep_images(made, "shop", ())
    assert list(made.images) == ["web:0", "web:1", "gate:1", "backdraft.local/kept/blog:web-222222222222"]


def test_an_image_is_run_by_its_own_name_as_long_as_that_stands_for_it():
    made = engine()
    assert kept_images(made, "shop", 3, {"web": TWO, "_gate": GATE}) == {"web": TWO}
    assert kept_images(made, "shop", 3, {"web": ONE}) == {
        "web": ResolvedImage("backdraft.local/kept/shop:web-111111111111", ONE.id)
    }


def test_images_that_are_gone_are_told_all_at_once():
    made = FakeEngine(images={"web:1": TWO.id})
    with pytest.raises(ImageError) as caught:
        kept_images(made, "shop", 3, {"web": ONE, "api": ONE, "ok": TWO})
    assert [line.partition(" (")[0] for line in str(caught.value).splitlines()] == [
        f"components/{name}: the image of release 3 is no longer on the engine" for name in ("web", "api")
    ]
