"""HTTP of insights: what people and programs ask."""

from fastapi import APIRouter

ROUTES: tuple[APIRouter, ...] = ()
