import frappe


def execute():
    frappe.db.sql("UPDATE `tabNote` SET priority = 1 WHERE priority = 0")
