"""The table of transactions."""

from .comparison import compare, read_output
from .input import load_lines
from .patterns import TIME, UUID

TRANSACTION = {  # in schema order: a good value
    "transaction_id": ("VARCHAR", UUID), "user_id": ("VARCHAR", UUID),
    "product_id": ("VARCHAR", UUID), "quantity": ("number", r"'^\d+$'"),
    "unit_price": ("number", r"'^-?\d+(\.\d{1,2})?$'"),
    "total_amount": ("number", r"'^-?\d+(\.\d{1,2})?$'"),
    "discount_amount": ("number", r"'^-?\d+(\.\d{1,2})?$'"),
    "tax_amount": ("number", r"'^-?\d+(\.\d{1,2})?$'"), "status": ("VARCHAR", "'.*'"),
    "payment_method": ("VARCHAR", "'.*'"), "created_at": ("VARCHAR", TIME)}


def good_transaction(name):
    kind, pattern = TRANSACTION[name]
    kinds = "('BIGINT', 'UBIGINT', 'DOUBLE')" if kind == "number" else "('VARCHAR')"
    return (f"coalesce(json_type(line, '$.{name}') IN {kinds} AND regexp_full_match("
            f"json_extract_string(line, '$.{name}'), {pattern}), false)")


def check_transactions(db, root):
    """The table of transactions: valid by schema and rules, the first of each id, with its tier."""
    if not (root / "store" / "transactions_realtime").is_dir():
        return
    load_lines(db, "transaction_lines", root, "transactions", temporary="TEMP")
    text = {name: f"json_extract_string(line, '$.{name}')" for name in TRANSACTION}
    ids = ", ".join(f"lower({text[name]}) AS {name}"
                    for name in ("transaction_id", "user_id", "product_id"))
    money = ", ".join(f"{text[name]}::DECIMAL(10, 2) AS {name}" for name in (
        "unit_price", "total_amount", "discount_amount", "tax_amount"))
    db.execute(f"""
        CREATE TEMP TABLE expected_transactions AS SELECT t.* EXCLUDE n, coalesce(u.tier, 'unknown')
        FROM (
          SELECT n, {ids}, {text["quantity"]}::BIGINT AS quantity, {money},
            {text["status"]} AS status, {text["payment_method"]} AS payment_method,
            epoch_us({text["created_at"]}::TIMESTAMPTZ) AS created_at
          FROM (SELECT n, line FROM transaction_lines WHERE json_valid(line))
          WHERE json_type(line) = 'OBJECT' AND {" AND ".join(map(good_transaction, TRANSACTION))}
        ) t LEFT JOIN users u ON t.user_id = u.user_id
        WHERE quantity > 0 AND unit_price > 0 AND abs(total_amount
          - (quantity * unit_price - discount_amount + tax_amount)) <= 0.01
        QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY n) = 1""")
    kinds = {name: "VARCHAR" for name in TRANSACTION} | {
        "quantity": "BIGINT", "created_at": "TIMESTAMPTZ", "user_tier": "VARCHAR"} | {
        name: "DECIMAL(10, 2)" for name in (
            "unit_price", "total_amount", "discount_amount", "tax_amount")}
    read_output(db, "out_transactions", root / "store" / "transactions_realtime", kinds)
    compare(db, "transactions", "SELECT * FROM expected_transactions",
            """SELECT transaction_id, user_id, product_id, quantity, unit_price, total_amount,
               discount_amount, tax_amount, status, payment_method, epoch_us(created_at), user_tier
               FROM out_transactions""")
