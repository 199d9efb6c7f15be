from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """Pages of 25, or of as many as ``page_size`` says, at most 100."""

    page_size = 25
    max_page_size = 100
    page_size_query_param = "page_size"
