"""HTTP of insights: what people and programs ask."""

from fastapi import APIRouter

from services.insights.api import exports, people, rounds, scopes, standings

ROUTES: tuple[APIRouter, ...] = (rounds.routes, standings.routes, scopes.routes, people.routes, exports.routes)
