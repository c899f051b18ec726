import "./demo.css";
import { mount } from "svelte";
import Demo from "./Demo.svelte";

const target = document.getElementById("demo");
if (target !== null) mount(Demo, { target });
