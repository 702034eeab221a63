"""The part of the OpenAPI document that is about orders."""

from __future__ import annotations

from facetry.api.catalog import samples
from facetry.api.catalog.openapi_parts import body, in_path, operation, outcome
from facetry.api.catalog.order_rendering import STATUSES
from facetry.api.catalog.rendering import Document
from facetry.api.catalog.routes import CUSTOMER_ORDERS, ORDER, ORDER_STATUS, ORDERS, ORDERS_OF_CUSTOMER

TAG = "Orders"


def order_paths() -> Document:
    """Return the operations on orders by path."""
    return {
        ORDERS: {"post": _post()},
        ORDER: {"parameters": [in_path("ID", "The order ID")], "get": _get(), "delete": _delete()},
        ORDERS_OF_CUSTOMER: {"parameters": [in_path("CID", "Your ID of the customer")], "get": _of_customer()},
        ORDER_STATUS: {
            "parameters": [in_path("ID", "The order ID"), _status()],
            "put": _update_status(),
        },
        CUSTOMER_ORDERS: {"parameters": [in_path("CID", "Your ID of the customer")], "delete": _delete_of_customer()},
    }


def _post() -> Document:
    short = samples.refusal("Product with SKU 9398474 has only 1 in stock ...")
    taken = samples.refusal("Order with ID 1042 already exists ...")
    post = operation(
        ("createOrder", "Create an order, which lowers the stock of its products: of all or of none", TAG),
        outcome(
            "The order, or a refusal.",
            "OrderReply",
            {"created": samples.ORDER_CREATED, "too little in stock": short, "order exists": taken},
        ),
        *("400", "413", "422"),
    )
    return {**post, "requestBody": body("OrderInput", samples.ORDER_INPUT)}


def _get() -> Document:
    absent = samples.refusal("Order with ID 1043 not found ...")
    return operation(
        ("getOrder", "Get an order", TAG),
        outcome("The order, or a refusal.", "OrderReply", {"order": samples.ORDER_FOUND, "not found": absent}),
        "422",
    )


def _of_customer() -> Document:
    return operation(
        ("getOrdersOfCustomer", "Get all orders of a customer", TAG),
        outcome("The orders, the oldest first.", "OrdersReply", {"orders": samples.ORDERS_FOUND}),
        "422",
    )


def _update_status() -> Document:
    final = samples.refusal("Order with ID 1042 is CANCELED, which is final ...")
    return operation(
        ("updateOrderStatus", "Set the status of an order; CANCELED gives the stock back, once, and is final", TAG),
        outcome("The order, or a refusal.", "OrderReply", {"updated": samples.ORDER_UPDATED, "canceled": final}),
        "422",
    )


def _delete() -> Document:
    absent = samples.refusal("Order with ID 1043 does not exist ...")
    gone = samples.orders_deleted("Order with ID 1042 deleted ...")
    return operation(
        ("deleteOrder", "Delete an order; no stock moves", TAG),
        outcome("Done, or a refusal.", "OrdersDeleted", {"deleted": gone, "not there": absent}),
        "422",
    )


def _delete_of_customer() -> Document:
    absent = samples.refusal("Customer with ID C-8 has no orders ...")
    gone = samples.orders_deleted("1 orders of customer with ID C-7 deleted ...")
    return operation(
        ("deleteOrdersOfCustomer", "Delete all orders of a customer; no stock moves", TAG),
        outcome("Done, or a refusal.", "OrdersDeleted", {"deleted": gone, "none": absent}),
        "422",
    )


def _status() -> Document:
    parameter = in_path("STATUS", "The new status")
    return {**parameter, "schema": {"type": "string", "enum": [*STATUSES]}}
