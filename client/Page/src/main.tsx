import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import './styles/variables.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/session.css';
import './styles/chat.css';
import './styles/picture.css';
import './styles/versions.css';
import './styles/panels.css';
import './styles/lists.css';
import './styles/phone.css';

createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>);
