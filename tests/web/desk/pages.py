"""A page as its reader and its form see it."""

from html import unescape
from re import findall


def text_of(answer):
    return " ".join(unescape(answer.content.decode()).split())


def key_of(page, place=0):
    return findall(r'name="key" value="([^"]+)"', page.content.decode())[place]
