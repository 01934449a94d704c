"""The staff's admin site as an app: Django's own, with a site that takes no query but what its pages offer."""

from django.contrib.admin.apps import AdminConfig


class StaffConfig(AdminConfig):
    """Stands in the settings in place of `django.contrib.admin`."""

    default_site = "supportnet.panel.admin.StaffSite"
