import frappe


def execute():
    frappe.db.sql("UPDATE `tabNote` SET content = '' WHERE content IS NULL")
