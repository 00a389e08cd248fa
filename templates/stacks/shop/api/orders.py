"""What customers may order."""

from dataclasses import dataclass

MOST = 100
LARGEST_ID = 2**31 - 1


class OrderError(ValueError):
    """What was sent is no order; its text tells the customer why."""


@dataclass(frozen=True)
class Order:
    """A product by its number, and how many of it."""

    product: int
    quantity: int = 1


def order_in(body: object) -> Order:
    """The order that `body`, the JSON of a request, asks for. Raises OrderError."""
    if not isinstance(body, dict):
        raise OrderError('send JSON such as {"product": 1, "quantity": 2}')
    product, quantity = body.get("product"), body.get("quantity", 1)
    if not _is_number(product) or not 1 <= product <= LARGEST_ID:
        raise OrderError("product: must be the number of a product")
    if not _is_number(quantity) or not 1 <= quantity <= MOST:
        raise OrderError(f"quantity: must be a whole number from 1 to {MOST}")
    return Order(product, quantity)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
