app_name = "frappe"
app_title = "Demo Framework"
scheduler_events = {"all": ["frappe.scheduled_jobs.tick"]}
