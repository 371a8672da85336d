app_name = "demo"
app_title = "Demo"
