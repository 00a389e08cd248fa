"""The sample code of the shop, as far as it needs no store."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import jinja2
import pytest

API = Path(__file__).parents[2] / "templates" / "stacks" / "shop" / "api"


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"shop_{name}", API / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


orders = loaded("orders")


def test_an_order_names_a_product_and_how_many():
    assert orders.order_in({"product": 2, "quantity": 3}) == orders.Order(2, 3)
    assert orders.order_in({"product": 2}) == orders.Order(2, 1)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (None, 'send JSON such as {"product": 1, "quantity": 2}'),
        ([], 'send JSON such as {"product": 1, "quantity": 2}'),
        ({}, "product: must be the number of a product"),
        ({"product": "1"}, "product: must be the number of a product"),
        ({"product": True}, "product: must be the number of a product"),
        ({"product": 2**31}, "product: must be the number of a product"),
        ({"product": 1, "quantity": 0}, "quantity: must be a whole number from 1 to 100"),
        ({"product": 1, "quantity": 1.5}, "quantity: must be a whole number from 1 to 100"),
        ({"product": 1, "quantity": None}, "quantity: must be a whole number from 1 to 100"),
    ],
)
def test_what_is_no_order_is_refused_with_a_reason(body: object, fault: str):
    with pytest.raises(orders.OrderError) as caught:
        orders.order_in(body)
    assert str(caught.value) == fault


def test_the_page_shows_products_orders_and_who_answered():
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(API / "templates"), autoescape=True)
    page = environment.get_template("shop.html").render(
        replica="a1b2", visits=7, orders={"placed": 1, "shipped": 2}, products=[{"id": 1, "name": "<b>", "cents": 1850}]
    )
    assert "<td>&lt;b&gt;</td>" in page
    assert "<td>18.50 €</td>" in page
    assert "1 orders placed, 2 shipped. Visit 7, answered by a1b2." in page
