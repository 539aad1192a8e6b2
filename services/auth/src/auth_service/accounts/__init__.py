"""Who a person is: e-mail address, password, name."""
