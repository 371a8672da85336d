import frappe


def execute():
    frappe.db.sql("UPDATE `tabUser` SET enabled = 1 WHERE enabled IS NULL")
